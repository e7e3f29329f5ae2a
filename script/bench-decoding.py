"""CPU seconds per second of speech: faster-whisper as it comes, then the embedded engine.

    WALLFLOWER_SPEECH=FOLDER python script/bench-decoding.py [UTTERANCES]

Everything on one thread, with word times, on the same utterances in one run: read sentences of
`asr/` and turns cut from `conv/`, up to 14 s long. Compare the ratios, not the seconds.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import jiwer
import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.audio import decode_audio
from whisper_normalizer.english import EnglishTextNormalizer

from wallflower.asr.embedded import AUTO, find_model
from wallflower.asr.embedded.decode import Decoder, Speech
from wallflower.asr.embedded.weights import load
from wallflower.domain.times import SAMPLE_RATE

LONGEST_S = 14.0
MARGIN_S = 0.3

Sound = np.ndarray[tuple[int], np.dtype[np.float32]]
Said = tuple[str, Sound]


def utterances(speech: Path) -> list[Said]:
    """Text and sound of each, the short ones first."""
    rows = json.loads((speech / "manifest.json").read_text())
    said = [
        (row["text"], decode_audio(str(speech / row["path"])))
        for row in rows
        if row["task"] == "asr" and row.get("text")
    ]
    for stm in sorted((speech / "conv").glob("*.stm")):
        sound = decode_audio(str(stm.with_suffix(".flac")))
        for line in stm.read_text().splitlines():
            _, _, _, start, end, text = line.split(maxsplit=5)
            first = int(max(0.0, float(start) - MARGIN_S) * SAMPLE_RATE)
            said.append((text, sound[first : int((float(end) + MARGIN_S) * SAMPLE_RATE)]))
    return sorted(
        ((text, sound) for text, sound in said if len(sound) <= LONGEST_S * SAMPLE_RATE),
        key=lambda one: len(one[1]),
    )


def one_by_one(model: WhisperModel, said: list[Said]) -> list[str]:
    texts = []
    for _, sound in said:
        segments, _ = model.transcribe(sound, "en", beam_size=1, word_timestamps=True)
        texts.append(" ".join(segment.text for segment in segments))
    return texts


def batched(model: WhisperModel, said: list[Said]) -> list[str]:
    """faster-whisper's own batches, of one long recording: all utterances in a row."""
    ends = np.cumsum([len(sound) for _, sound in said]) / SAMPLE_RATE
    clips = [{"start": a, "end": b} for a, b in zip([0.0, *ends[:-1]], ends, strict=True)]
    segments, _ = BatchedInferencePipeline(model).transcribe(
        np.concatenate([sound for _, sound in said]),
        "en",
        beam_size=1,
        word_timestamps=True,
        vad_filter=False,
        clip_timestamps=clips,
        batch_size=8,
    )
    texts = [""] * len(said)
    for segment in segments:
        index = int(np.searchsorted(ends, (segment.start + segment.end) / 2))
        texts[min(index, len(texts) - 1)] += " " + segment.text
    return texts


def ours(decoder: Decoder, said: list[Said], batch: int) -> list[str]:
    speech = [
        Speech((sound * 32767).clip(-32768, 32767).astype(np.int16), 0.0, len(sound) / SAMPLE_RATE)
        for _, sound in said
    ]
    parts = [speech[first : first + batch] for first in range(0, len(speech), batch)]
    return [
        " ".join(word.text for word in heard.words)
        for part in parts
        for heard in decoder.decode(part)
    ]


def main() -> None:
    said = utterances(Path(os.environ["WALLFLOWER_SPEECH"]))
    if len(sys.argv) > 1:
        said = said[:: max(1, len(said) // int(sys.argv[1]))]
    seconds = sum(len(sound) for _, sound in said) / SAMPLE_RATE
    normal = EnglishTextNormalizer()
    folder = find_model(AUTO, Path("data/models"), "en")
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
    weights = load(folder)
    greedy = Decoder(weights, language="en")
    beam = Decoder(weights, language="en", beam_size=5)
    ways: dict[str, Callable[[], list[str]]] = {
        "faster-whisper, one by one": lambda: one_by_one(model, said),
        "faster-whisper, batches of 8": lambda: batched(model, said),
        "ours, one by one": lambda: ours(greedy, said, 1),
        "ours, batches of 4": lambda: ours(greedy, said, 4),
        "ours, batches of 8": lambda: ours(greedy, said, 8),
        "ours, batches of 8, beam of 5": lambda: ours(beam, said, 8),
    }
    print(f"{len(said)} utterances, {seconds / len(said):.1f} s on average")
    peer_s = 0.0
    for name, way in ways.items():
        began = time.process_time()
        texts = way()
        spent_s = (time.process_time() - began) / seconds
        peer_s = peer_s or spent_s
        errors = jiwer.wer([normal(text) for text, _ in said], [normal(text) for text in texts])
        print(f"{name:32} {spent_s:.4f}  {peer_s / spent_s:4.1f} times as fast  WER {errors:.1%}")


if __name__ == "__main__":
    main()
