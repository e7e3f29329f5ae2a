#!/usr/bin/env python3
"""How well voices are told apart: the stages of the house over talks, scored.

    script/bench-speakers.py [--speech FOLDER] [--sets conv rooms] [--mixtures N] [--days N]
                             [--words] [--out FOLDER]

FOLDER holds the sets (audio with an RTTM beside it) and `score.py`; default: ../shared/data, or
WALLFLOWER_SPEECH. Each talk starts with no voice known. `fixed` is the rule peers use, for
comparison (1.6 s windows, running means, cosine 0.65); `announced` is what a live stream says at
once; `looked` is after the second look. `--mixtures` makes N more talks out of readers, rooms and
noises that nothing was tuned on; `--days` lives that many days in a made-up house; `--words` also
writes down what is said in conv/quiet and scores words by speaker.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import aclosing
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from tests.support.day import live, utterances  # noqa: E402 -- found by the line above
from tests.support.talks import Library, talks  # noqa: E402
from wallflower.asr.embedded import EmbeddedEngine  # noqa: E402
from wallflower.audio import SegmenterSettings, SileroModel  # noqa: E402
from wallflower.capture import find_ffmpeg  # noqa: E402
from wallflower.cli.transcribe.voices import PassingVoices  # noqa: E402
from wallflower.domain.speech import Pcm, Utterance, VoicesHeard  # noqa: E402
from wallflower.domain.times import SAMPLE_RATE, WallTime  # noqa: E402
from wallflower.pipeline import Recognised, recognise_file  # noqa: E402
from wallflower.runtime.clock import SystemClock  # noqa: E402
from wallflower.runtime.workers import Workers  # noqa: E402
from wallflower.speakers import Encoder, Speakers  # noqa: E402
from wallflower.speakers.hindsight.recording import look_again  # noqa: E402
from wallflower.speakers.odds.calibration import unit  # noqa: E402

Stretch = tuple[float, float, str]
"""Start and end in seconds, voice."""
Recording = tuple[str, Pcm, list[Stretch]]
"""Name, sound, and who speaks when."""

RULES = ("fixed", "announced", "looked")
MIDNIGHT = WallTime(0)
FIXED_COSINE = 0.65
FIXED_WINDOW = round(1.6 * SAMPLE_RATE)
FIXED_HOP = round(0.4 * SAMPLE_RATE)


class Bench:
    """One encoder, and the processor time its work took."""

    def __init__(self) -> None:
        self.vad, self.encoder, self.thread = (
            SileroModel.load(),
            Encoder.load(),
            Workers("speakers"),
        )
        self.busy_s = dict.fromkeys(("announced", "looked"), 0.0)
        self.spoken_s = 0.0

    async def told(self, recording: Recording) -> dict[str, list[Stretch]]:
        """Who speaks when in `recording`, by every rule."""
        name, pcm, _ = recording
        said = utterances(name, pcm, MIDNIGHT, self.vad)
        speakers = Speakers(self.encoder, PassingVoices(), self.thread)
        began = time.process_time()
        announced = [await speakers.hear(each) for each in said]
        between = time.process_time()
        looked = look_again(announced, (), self.encoder.calibration)
        self.busy_s["announced"] += between - began
        self.busy_s["looked"] += time.process_time() - between
        self.spoken_s += sum(each.speech_end_s - each.speech_start_s for each in said)
        return {
            "fixed": fixed(said, self.encoder),
            "announced": stretches(said, announced),
            "looked": stretches(said, looked),
        }


def stretches(said: Sequence[Utterance], heard: Sequence[VoicesHeard]) -> list[Stretch]:
    return [
        (each.start.seconds + turn.start_s, each.start.seconds + turn.end_s, str(turn.speaker.id))
        for each, voices in zip(said, heard, strict=True)
        for turn in voices.turns
    ]


def fixed(said: Sequence[Utterance], encoder: Encoder) -> list[Stretch]:
    sums: list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]] = []
    found = []
    for utterance in said:
        first, last = (
            round(at * SAMPLE_RATE) for at in (utterance.speech_start_s, utterance.speech_end_s)
        )
        speech = utterance.pcm[first:last]
        if len(speech) < FIXED_WINDOW:
            speech = (
                np.resize(speech, FIXED_WINDOW) if len(speech) else np.zeros(FIXED_WINDOW, np.int16)
            )
        starts = list(range(0, len(speech) - FIXED_WINDOW + 1, FIXED_HOP))
        edges_s = np.linspace(utterance.speech_start_s, utterance.speech_end_s, len(starts) + 1)
        for number, print_ in enumerate(
            encoder.embed([speech[at : at + FIXED_WINDOW] for at in starts])
        ):
            cosines = [float(unit(one) @ print_) for one in sums]
            if not cosines or max(cosines) < FIXED_COSINE:
                sums.append(print_.copy())
                voice = len(sums) - 1
            else:
                voice = int(np.argmax(cosines))
                sums[voice] += print_
            start_s = utterance.start.seconds
            found.append(
                (start_s + float(edges_s[number]), start_s + float(edges_s[number + 1]), str(voice))
            )
    return found


def recorded(folder: Path) -> Iterator[Recording]:
    for rttm in sorted(folder.glob("*.rttm")):
        argv = ["ffmpeg", "-v", "error", "-nostdin", "-i", rttm.with_suffix(".flac"), "-ac", "1"]
        argv += ["-ar", str(SAMPLE_RATE), "-f", "s16le", "-"]
        sound = subprocess.run(list(map(str, argv)), check=True, capture_output=True).stdout
        rows = [line.split() for line in rttm.read_text().splitlines()]
        truth = [(float(row[3]), float(row[3]) + float(row[4]), row[7]) for row in rows]
        yield rttm.stem, np.frombuffer(sound, dtype=np.int16), truth


def made(speech: Path, count: int) -> Iterator[Recording]:
    for talk in talks(Library.load(speech, "held"), count, seed=77):
        yield talk.name, talk.pcm, [(each.start_s, each.end_s, each.who) for each in talk.said]


def write(folder: Path, name: str, found: Iterable[Stretch]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        f"SPEAKER {name} 1 {start:.3f} {end - start:.3f} <NA> <NA> {voice} <NA> <NA>\n"
        for start, end, voice in found
    ]
    (folder / f"{name}.rttm").write_text("".join(rows))


async def measure(recordings: dict[str, Iterable[Recording]], out: Path) -> None:
    bench = Bench()
    for name, talks_ in recordings.items():
        for recording in talks_:
            write(out / "truth" / name, recording[0], recording[2])
            for rule, found in (await bench.told(recording)).items():
                write(out / rule / name, recording[0], found)
    bench.thread.close()
    for rule, busy_s in bench.busy_s.items():
        per_s = 1000 * busy_s / bench.spoken_s
        print(f"CPU {rule}: {per_s:.1f} ms per second of speech ({bench.spoken_s:.0f} s)")


def score(speech: Path, kind: str, *folders: Path) -> None:
    argv = [sys.executable, "-W", "ignore", speech / "score.py", kind, *folders]
    subprocess.run(list(map(str, argv)), check=True)


async def words(speech: Path, out: Path) -> None:
    """Words of conv/quiet by speaker after the second look, and as if one person spoke."""
    folder = out / "words"
    for kind in ("truth", "told", "one", "one-truth"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    name = "quiet-3spk"
    truth = (speech / "conv" / f"{name}.stm").read_text()
    (folder / "truth" / f"{name}.stm").write_text(truth)
    rows = [line.split(maxsplit=5) for line in truth.splitlines()]
    same = [" ".join([*row[:2], "one", *row[3:]]) + "\n" for row in rows]
    (folder / "one-truth" / f"{name}.stm").write_text("".join(same))
    found, encoder = await recognised(speech / "conv" / f"{name}.flac")
    again = look_again([each.heard for each in found], (), encoder.calibration)
    for kind in ("told", "one"):
        lines = [
            {
                "speaker": line.speaker.name if line.speaker and kind == "told" else "one",
                "start": line.start.seconds,
                "end": line.end.seconds,
                "text": line.text,
            }
            for each, heard in zip(found, again, strict=True)
            for line in Recognised(each.utterance, each.transcript, heard).lines()
        ]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (folder / kind / f"{name}.jsonl").write_text(text)
    print("--- words by speaker, then as if one person spoke", flush=True)
    score(speech, "cp", folder / "truth", folder / "told")
    score(speech, "cp", folder / "one-truth", folder / "one")


async def recognised(media: Path) -> tuple[list[Recognised], Encoder]:
    with tempfile.TemporaryDirectory() as data:
        engine = EmbeddedEngine("tiny.en", data=Path(data), beam_size=5)
        thread, encoder = Workers("speakers"), Encoder.load()
        await engine.start()
        try:
            stages = recognise_file(
                media,
                engine=engine,
                speakers=Speakers(encoder, PassingVoices(), thread),
                vad=SileroModel.load(),
                segmenter=SegmenterSettings(),
                ffmpeg=find_ffmpeg(),
                clock=SystemClock(),
            )
            async with aclosing(stages):
                return [each async for each in stages], encoder
        finally:
            await engine.close()
            thread.close()


async def days(speech: Path, count: int) -> None:
    for seed in range(1, count + 1):
        with tempfile.TemporaryDirectory() as folder:
            day = await live(speech, Path(folder), seed=seed, talks=24)
        print(
            f"day {seed}: {day.lines} lines; residents right {day.residents_right:.1%} "
            f"(as announced {day.announced_right:.1%}), "
            f"visitors taken for residents {day.visitors_taken:.1%}, "
            f"{day.visitor_voices} voices for 4 visitors",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = os.environ.get("WALLFLOWER_SPEECH", HERE.parents[1] / "shared/data")
    parser.add_argument("--speech", type=Path, default=default)
    parser.add_argument("--sets", nargs="*", default=["conv", "rooms"])
    parser.add_argument("--mixtures", type=int, default=18, help="talks made of readers held back")
    parser.add_argument("--days", type=int, default=0, help="days lived in a made-up house")
    parser.add_argument("--words", action="store_true", help="cpWER on conv/quiet")
    parser.add_argument("--out", type=Path, help="keep the RTTM files here")
    options = parser.parse_args()
    speech = options.speech
    if not (speech / "score.py").is_file():
        sys.exit(f"There is no speech to measure with in {speech}; name it with --speech.")
    recordings: dict[str, Iterable[Recording]] = {
        name: recorded(speech / name) for name in options.sets
    }
    if options.mixtures:
        recordings["mixtures"] = made(speech, options.mixtures)
    with tempfile.TemporaryDirectory() as scratch:
        out = options.out or Path(scratch)
        asyncio.run(measure(recordings, out))
        for name in recordings:
            for rule in RULES:
                print(f"--- {name}, {rule}", flush=True)
                score(speech, "der", out / "truth" / name, out / rule / name)
        if options.words:
            asyncio.run(words(speech, out))
    asyncio.run(days(speech, options.days))


if __name__ == "__main__":
    main()
