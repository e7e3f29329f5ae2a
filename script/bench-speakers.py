#!/usr/bin/env python3
"""How well voices are told apart: the stages of the house over recorded talks, scored.

    script/bench-speakers.py [--speech FOLDER] [--sets conv rooms] [--out FOLDER]

FOLDER holds the sets (audio with an RTTM beside it) and `score.py`; default: ../shared/data, or
WALLFLOWER_SPEECH. Each file starts with no voice known; lines are scored as first announced.
`fixed` is the rule peers use, for comparison: 1.6 s windows, running means, cosine 0.65.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from wallflower.audio import Ended, Segmenter, SileroModel
from wallflower.cli.transcribe.voices import PassingVoices
from wallflower.domain.pcm import PcmBlock
from wallflower.domain.speech import Utterance
from wallflower.domain.times import SAMPLE_RATE, MediaTime, WallTime
from wallflower.runtime.workers import Workers
from wallflower.speakers import Encoder, Speakers
from wallflower.speakers.scoring import unit
from wallflower.speakers.windows import windows_of

Stretch = tuple[float, float, str]
"""Start and end in seconds, voice."""

BLOCK_BYTES = 4096
HERE = Path(__file__).resolve().parent
FIXED_COSINE = 0.65
FIXED_WINDOW = round(1.6 * SAMPLE_RATE)


def utterances(media: Path, vad: SileroModel) -> list[Utterance]:
    """The speech of `media`; wall time counts from 1970, so it is media time."""
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-i", media, "-ac", "1", "-ar", str(SAMPLE_RATE)]
    sound = subprocess.run([*argv, "-f", "s16le", "-"], check=True, capture_output=True).stdout
    segmenter = Segmenter(media.stem, vad)
    heard = []
    for at in range(0, len(sound), BLOCK_BYTES):
        media_time = MediaTime.from_samples(at // 2)
        block = PcmBlock(sound[at : at + BLOCK_BYTES], media_time, WallTime(media_time.ns))
        heard += segmenter.feed(block)
    heard += segmenter.flush()
    return [event.utterance for event in heard if isinstance(event, Ended)]


async def ours(said: Sequence[Utterance], speakers: Speakers) -> list[Stretch]:
    found = []
    for utterance in said:
        start_s = utterance.start.seconds_since(WallTime(0))
        found += [
            (start_s + turn.start_s, start_s + turn.end_s, str(turn.speaker.id))
            for turn in await speakers.turns(utterance)
        ]
    return found


def fixed(said: Sequence[Utterance], encoder: Encoder) -> list[Stretch]:
    sums: list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]] = []
    found = []
    for utterance in said:
        start_s = utterance.start.seconds_since(WallTime(0))
        windows = windows_of(utterance, FIXED_WINDOW)
        for number, print_ in enumerate(encoder.embed(windows.sound)):
            cosines = [float(unit(one) @ print_) for one in sums]
            if not cosines or max(cosines) < FIXED_COSINE:
                sums.append(print_.copy())
                voice = len(sums) - 1
            else:
                voice = int(np.argmax(cosines))
                sums[voice] += print_
            first, last = windows.edges_s[number : number + 2]
            found.append((start_s + float(first), start_s + float(last), str(voice)))
    return found


def write(folder: Path, name: str, found: Sequence[Stretch]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        f"SPEAKER {name} 1 {start:.3f} {end - start:.3f} <NA> <NA> {voice} <NA> <NA>\n"
        for start, end, voice in found
    ]
    (folder / f"{name}.rttm").write_text("".join(rows))


async def measure(speech: Path, sets: Sequence[str], out: Path) -> None:
    vad, encoder, thread = SileroModel.load(), Encoder.load(), Workers("speakers")
    spoken_s = busy_s = 0.0
    for name in sets:
        house = Speakers(encoder, PassingVoices(), thread)
        voices: set[str] = set()
        people: set[str] = set()
        for rttm in sorted((speech / name).glob("*.rttm")):
            said = utterances(rttm.with_suffix(".flac"), vad)
            began = time.process_time()
            write(
                out / "ours" / name,
                rttm.stem,
                await ours(said, Speakers(encoder, PassingVoices(), thread)),
            )
            busy_s += time.process_time() - began
            spoken_s += sum(each.speech_end_s - each.speech_start_s for each in said)
            write(out / "fixed" / name, rttm.stem, fixed(said, encoder))
            voices |= {voice for *_, voice in await ours(said, house)}
            people |= {line.split()[7] for line in rttm.read_text().splitlines()}
        print(
            f"{name}, its talks as rooms of one house: {len(voices)} voices, {len(people)} people"
        )
    thread.close()
    print(f"CPU {1000 * busy_s / spoken_s:.1f} ms per second of speech ({spoken_s:.0f} s)")


def score(speech: Path, sets: Sequence[str], out: Path) -> None:
    for name in sets:
        for rule in ("fixed", "ours"):
            print(f"--- {name}, {rule}", flush=True)
            argv = [
                sys.executable,
                "-W",
                "ignore",
                speech / "score.py",
                "der",
                speech / name,
                out / rule / name,
            ]
            subprocess.run(argv, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = os.environ.get("WALLFLOWER_SPEECH", HERE.parents[1] / "shared/data")
    parser.add_argument("--speech", type=Path, default=default)
    parser.add_argument("--sets", nargs="+", default=["conv", "rooms"])
    parser.add_argument("--out", type=Path, help="keep the RTTM files here")
    options = parser.parse_args()
    if not (options.speech / "score.py").is_file():
        sys.exit(f"There is no speech to measure with in {options.speech}; name it with --speech.")
    with tempfile.TemporaryDirectory() as scratch:
        out = options.out or Path(scratch)
        asyncio.run(measure(options.speech, options.sets, out))
        score(options.speech, options.sets, out)


if __name__ == "__main__":
    main()
