"""Sound and pictures for the benchmarks, made from the bundled scene."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from wallflower.domain.speech import Pcm
from wallflower.domain.times import SAMPLE_RATE

SCENE: Final = Path(__file__).parents[1] / "demo" / "scene.mp4"
GAP_S: Final = 0.08
"""What is left of the pauses in talk without pause: less than a breath."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A recording and when its utterances end, in seconds of the recording."""

    pcm: Pcm
    ends_s: tuple[float, ...]
    starts_s: tuple[float, ...] = ()
    """When they start, if that is known."""

    @property
    def length_s(self) -> float:
        return len(self.pcm) / SAMPLE_RATE

    def begun_at(self, share: float) -> Talk:
        """The same talk from `share` (0 to 1) of its length on; its beginning follows its end.

        The sentence that this cuts in two is taken out of the truth.
        """
        at_s = share * self.length_s
        spans = [
            (((start - at_s) % self.length_s), ((end - at_s) % self.length_s))
            for start, end in zip(self.starts_s, self.ends_s, strict=True)
        ]
        whole = sorted(span for span in spans if span[0] < span[1])
        return Talk(
            np.roll(self.pcm, -_at(at_s)),
            tuple(end for _, end in whole),
            tuple(start for start, _ in whole),
        )

    def lasting(self, seconds: float) -> Talk:
        """The talk again and again, for at least `seconds`."""
        times = int(seconds // self.length_s) + 1
        shifts = [number * self.length_s for number in range(times)]
        return Talk(
            np.tile(self.pcm, times),
            tuple(shift + end for shift in shifts for end in self.ends_s),
            tuple(shift + start for shift in shifts for start in self.starts_s),
        )

    def spans_from(self, began: float) -> list[tuple[float, float]]:
        """Start and end of each utterance of a playing that began at `began`."""
        pairs = zip(self.starts_s, self.ends_s, strict=True)
        return [(began + start, began + end) for start, end in pairs]


def scene(ffmpeg: str) -> Talk:
    """The bundled scene with the truth of its script."""
    lines = json.loads(SCENE.with_suffix(".json").read_text())["lines"]
    return Talk(
        _pcm(ffmpeg, SCENE),
        tuple(line["end"] for line in lines),
        tuple(line["start"] for line in lines),
    )


def recording(ffmpeg: str, media: Path) -> Talk:
    """`media` with the ends of the turns in the RTTM file of the same name, if there is one."""
    rttm = media.with_suffix(".rttm")
    rows = [row.split() for row in rttm.read_text().splitlines()] if rttm.is_file() else []
    ends = tuple(float(row[3]) + float(row[4]) for row in rows)
    return Talk(_pcm(ffmpeg, media), ends)


def monologues(ffmpeg: str, seconds: float) -> list[Pcm]:
    """Each of the scene's people, talking over `seconds` without ever pausing."""
    talk = _pcm(ffmpeg, SCENE)
    gap = np.zeros(round(GAP_S * SAMPLE_RATE), np.int16)
    said: dict[str, list[Pcm]] = {}
    for line in json.loads(SCENE.with_suffix(".json").read_text())["lines"]:
        said.setdefault(line["speaker"], []).extend(
            [talk[_at(line["start"]) : _at(line["end"])], gap]
        )
    return [_repeat(np.concatenate(parts), seconds) for parts in said.values()]


def _repeat(pcm: Pcm, seconds: float) -> Pcm:
    return np.tile(pcm, _at(seconds) // len(pcm) + 1)[: _at(seconds)]


def room(seconds: float) -> Pcm:
    """A room in which nothing happens: a little noise, as every microphone has."""
    noise = np.random.default_rng(1).normal(0, 40, _at(seconds))
    return noise.astype(np.int16)


def write(ffmpeg: str, pcm: Pcm, file: Path, *, picture: str | None = None) -> Path:
    """A Matroska file a camera could send: AAC sound, and H.264 of `picture` (1920x1080, say)."""
    argv = [ffmpeg, "-v", "error", "-y", "-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1"]
    argv += ["-i", "-"]
    if picture:
        argv += ["-f", "lavfi", "-i", f"testsrc2=size={picture}:rate=15"]
        argv += ["-c:v", "libx264", "-preset", "ultrafast", "-g", "30", "-b:v", "2M"]
        argv += ["-pix_fmt", "yuv420p", "-shortest"]
    argv += ["-c:a", "aac", "-b:a", "64k", str(file)]
    subprocess.run(argv, input=pcm.tobytes(), check=True)
    return file


def _pcm(ffmpeg: str, media: Path) -> Pcm:
    argv = [ffmpeg, "-v", "error", "-i", str(media), "-f", "s16le"]
    argv += ["-ar", str(SAMPLE_RATE), "-ac", "1", "-"]
    return np.frombuffer(subprocess.run(argv, check=True, capture_output=True).stdout, "<i2")


def _at(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)
