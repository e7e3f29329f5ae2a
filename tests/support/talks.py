"""Talks made at run time out of recorded readers, room responses and noises.

Everything follows from a seed. Readers, noises and rooms are parted in two: `tune` for choosing
constants, `held` for judging them. Nothing of `held` is ever in a talk of `tune`.

    library = Library.load(speech, "tune")
    for talk in talks(library, count=12, seed=1):
        talk.pcm, talk.said                     # int16 sound, and who speaks when

or piece by piece: `Room.made(library, "living", seed)`, then `make_talk(library, people, room, …)`;
a room keeps its echo, noise and distances for all talks in it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from wallflower.domain.speech import Pcm
from wallflower.domain.times import SAMPLE_RATE

Part = Literal["tune", "held"]
Kind = Literal["quiet", "living", "noisy"]
Sound = npt.NDArray[np.float32]
"""Mono at `SAMPLE_RATE`, about -1 to 1."""

Item = TypeVar("Item")

LEVEL: Final = 0.06
"""RMS of speech at the microphone, for someone at the usual distance."""
SNR_DB: Final[Mapping[Kind, tuple[float, float]]] = {
    "quiet": (30.0, 38.0),
    "living": (12.0, 18.0),
    "noisy": (7.0, 10.0),
}
ECHO_S: Final[Mapping[Kind, tuple[float, float]]] = {
    "quiet": (0.12, 0.3),
    "living": (0.25, 0.5),
    "noisy": (0.4, 0.7),
}
"""Reverberation time (RT60), at least and at most."""
DIRECT_DB: Final[Mapping[Kind, tuple[float, float]]] = {
    "quiet": (6.0, 12.0),
    "living": (1.0, 8.0),
    "noisy": (-2.0, 5.0),
}
"""How far the direct sound stands above the echo: near speakers high, far ones low."""
KINDS: Final[tuple[Kind, ...]] = ("quiet", "living", "noisy")


@dataclass(frozen=True)
class Said:
    """A stretch of one voice, in seconds of the talk; pauses above 0.25 s part stretches."""

    start_s: float
    end_s: float
    who: str


@dataclass(frozen=True)
class Talk:
    name: str
    pcm: Pcm
    said: tuple[Said, ...]
    """By start."""

    @property
    def people(self) -> set[str]:
        return {said.who for said in self.said}


@dataclass(frozen=True)
class Library:
    """One part of the recordings. Files are read when they are first needed."""

    part: Part
    readers: Mapping[str, tuple[Path, ...]]
    """Clips by reader."""
    talkers: tuple[str, ...]
    """The readers with half a minute or more; the others have 12 s."""
    noises: tuple[Path, ...]
    responses: tuple[Path, ...]
    """Measured room responses."""

    @staticmethod
    @cache
    def load(speech: Path, part: Part) -> Library:
        """What the folder of speech data has for `part`."""
        rows = json.loads((speech / "manifest.json").read_text())
        clips: dict[str, list[Path]] = {}
        for row in sorted(rows, key=lambda row: str(row["path"])):
            if row["task"] in ("sv", "asr"):
                clips.setdefault(row["speaker"], []).append(speech / row["path"])
        paths = {
            task: sorted(speech / row["path"] for row in rows if row["task"] == task)
            for task in ("noise", "rir")
        }
        talkers = sorted(who for who, mine in clips.items() if len(mine) >= 5)
        mine = _parted(talkers, part, 2) + _parted(sorted(clips.keys() - set(talkers)), part, 5)
        return Library(
            part,
            {who: tuple(clips[who]) for who in mine},
            tuple(who for who in mine if who in talkers),
            tuple(_parted(paths["noise"], part, 5)),
            tuple(paths["rir"]),
        )

    def clips(self, who: str) -> tuple[Sound, ...]:
        """What that reader read, level evened out."""
        return tuple(_evened(_read(path)) for path in self.readers[who])


@dataclass(frozen=True)
class Room:
    """A place with one microphone."""

    kind: Kind
    noises: tuple[Sound, ...]
    measured: tuple[Sound, ...]
    """Responses of a real room; empty: they are made."""
    echo_s: float
    snr_db: float
    seed: int

    @staticmethod
    def made(library: Library, kind: Kind, seed: int) -> Room:
        draw = _draw(library.part, kind, seed)
        few = draw.choice(len(library.noises), 3, replace=False)
        real = kind == "living" and draw.random() < 0.4
        return Room(
            kind,
            tuple(_evened(_read(library.noises[at])) for at in few),
            tuple(_read(path) for path in library.responses) if real else (),
            float(draw.uniform(*ECHO_S[kind])),
            float(draw.uniform(*SNR_DB[kind])),
            int(draw.integers(1 << 30)),
        )

    def response(self, who: str) -> Sound:
        """From where `who` sits to the microphone: direct sound, early echoes, a fading tail."""
        draw = _draw(self.seed, who)
        if self.measured:
            return _of_energy_1(self.measured[int(draw.integers(len(self.measured)))])
        length = round(self.echo_s * SAMPLE_RATE)
        time_s = np.arange(length) / SAMPLE_RATE
        tail = draw.normal(size=length) * 10.0 ** (-3.0 * time_s / self.echo_s)
        tail = np.convolve(tail, [0.6, 0.4])[:length]  # walls swallow high tones first
        first = round(float(draw.uniform(0.002, 0.012)) * SAMPLE_RATE)
        tail[:first] = 0.0
        early = first + draw.integers(0, round(0.03 * SAMPLE_RATE), 6)
        tail[np.minimum(early, length - 1)] += draw.normal(size=6) * 2.5
        direct = 10.0 ** (float(draw.uniform(*DIRECT_DB[self.kind])) / 20.0)
        response = tail / max(float(np.sqrt(np.square(tail).sum())), 1e-9)
        response[0] += direct
        return _of_energy_1(response)

    def background(self, samples: int, seed: int) -> Sound:
        """Noise of RMS 1: a steady part, and household noises that come and go."""
        draw = _draw(self.seed, "noise", seed)
        steady = np.fft.rfft(draw.normal(size=samples))
        steady /= np.sqrt(np.maximum(np.arange(len(steady)), 20.0))  # pink
        bed = np.fft.irfft(steady, samples)
        bed /= max(float(bed.std()), 1e-9)
        if self.kind != "quiet":
            at = 0
            while at < samples:
                clip = self.noises[int(draw.integers(len(self.noises)))]
                take = min(len(clip), samples - at)
                bed[at : at + take] += float(draw.uniform(0.2, 0.8)) * clip[:take] / LEVEL
                at += take + round(float(draw.uniform(0.0, 8.0)) * SAMPLE_RATE)
        noise: Sound = (bed / max(float(bed.std()), 1e-9)).astype(np.float32)
        return noise


class Reading:
    """Clips of one reader, read on from talk to talk; begins again when all are used up."""

    def __init__(self, clips: Sequence[Sound], seed: int) -> None:
        draw = np.random.default_rng(seed)
        self._clips = [clips[at] for at in draw.permutation(len(clips))]
        self._clip, self._at = 0, 0

    def next(self, seconds: float) -> Sound:
        """About so much, ending in a quiet moment near there or at the clip's end."""
        clip = self._clips[self._clip]
        end = self._at + round(seconds * SAMPLE_RATE)
        if end + SAMPLE_RATE // 2 >= len(clip):
            end = len(clip)
        else:
            first = max(self._at + SAMPLE_RATE // 4, end - SAMPLE_RATE // 4)
            end = first + 160 * int(_power(clip[first : end + SAMPLE_RATE // 4]).argmin())
        taken: Sound = clip[self._at : end]
        self._at = end
        if self._at >= len(clip):
            self._clip, self._at = (self._clip + 1) % len(self._clips), 0
        return taken


def make_talk(
    readings: Mapping[str, Reading],
    room: Room,
    *,
    name: str,
    seconds: float,
    seed: int,
    overlap: float = 0.15,
) -> Talk:
    """People take turns in `room` for about `seconds`; everyone says something.

    `overlap` is how often somebody starts before the other has ended (by up to 0.3 s). The order,
    the lengths of turns and the gaps follow the recorded talks of the suite.
    """
    draw = _draw(room.seed, name, seed)
    people = list(readings)
    responses = {who: room.response(who) for who in people}
    gains = {who: 10.0 ** (float(draw.normal(0.0, 2.0)) / 20.0) for who in people}
    mixed = np.zeros(round((seconds + 25.0) * SAMPLE_RATE), dtype=np.float32)
    said: list[Said] = []
    last, now_s = "", 0.5
    waiting = [people[at] for at in draw.permutation(len(people))]
    while now_s < seconds or waiting:
        who = _next(draw, people, waiting, last)
        sound = readings[who].next(float(np.clip(draw.lognormal(0.75, 0.6), 0.6, 8.0)))
        stretches = spoken(sound)
        if not stretches:
            continue
        start_s = max(0.0, now_s - stretches[0][0])
        wet = convolved(sound, responses[who]) * np.float32(gains[who])
        first = round(start_s * SAMPLE_RATE)
        wet = wet[: len(mixed) - first]
        mixed[first : first + len(wet)] += wet
        said += [Said(start_s + one, start_s + other, who) for one, other in stretches]
        now_s = said[-1].end_s + _gap_s(draw, overlap if who != last else 0.0)
        last = who
    length = round((max(each.end_s for each in said) + 1.0) * SAMPLE_RATE)
    mixed = mixed[:length]
    noise_level = LEVEL / 10.0 ** (room.snr_db / 20.0)
    mixed += room.background(length, seed) * np.float32(noise_level)
    pcm = (np.clip(mixed, -1.0, 1.0) * 32767).round().astype(np.int16)
    return Talk(name, pcm, tuple(sorted(said, key=lambda each: each.start_s)))


def talks(
    library: Library, count: int, seed: int, *, seconds: float = 45.0, long: bool = False
) -> Iterator[Talk]:
    """Talks of 2, 3, 4, 2 … people in quiet, living, noisy … rooms, each with people of its own.

    `long` takes only readers with a minute or more of speech (three in each part).
    """
    draw = _draw(library.part, "talks", seed)
    names = sorted(library.talkers if long else library.readers)
    for number in range(count):
        kind = KINDS[number % 3]
        many = min(2 + number // 3 % 3, len(names))
        people = [names[at] for at in draw.choice(len(names), many, replace=False)]
        room = Room.made(library, kind, seed * 1000 + number)
        readings = {who: Reading(library.clips(who), int(draw.integers(1 << 30))) for who in people}
        yield make_talk(
            readings,
            room,
            name=f"{kind}-{many}spk-{library.part}{seed}-{number}",
            seconds=seconds + 7.0 * (many - 3),
            seed=number,
        )


def spoken(sound: Sound) -> list[tuple[float, float]]:
    """Where a clean clip has speech, in seconds; pauses up to 0.25 s are part of it."""
    if len(sound) < 1600:
        return []
    level_db = 10.0 * np.log10(_power(sound) + 1e-9)
    loud = level_db > max(np.percentile(level_db, 95) - 30.0, -52.0)
    stretches: list[tuple[float, float]] = []
    for at in np.flatnonzero(loud) / 100.0:
        if stretches and at - stretches[-1][1] <= 0.25:
            stretches[-1] = (stretches[-1][0], float(at) + 0.01)
        else:
            stretches.append((float(at), float(at) + 0.01))
    return [(start, end) for start, end in stretches if end - start >= 0.15]


def _next(draw: np.random.Generator, people: Sequence[str], waiting: list[str], last: str) -> str:
    others = [who for who in people if who != last] or list(people)
    if draw.random() < 0.12 and last:
        who = last
    elif waiting and draw.random() < 0.5:
        who = waiting[0]
    else:
        who = others[int(draw.integers(len(others)))]
    if who in waiting:
        waiting.remove(who)
    return who


def _gap_s(draw: np.random.Generator, overlap: float) -> float:
    if draw.random() < overlap:
        return -float(draw.uniform(0.02, 0.3))
    return float(draw.uniform(0.0, 0.8) if draw.random() < 0.8 else draw.uniform(0.8, 3.0))


def _draw(*key: object) -> np.random.Generator:
    return np.random.default_rng(list(repr(key).encode()))


def _parted(items: Sequence[Item], part: Part, every: int) -> list[Item]:
    """`held` has every second of `items` (`every` = 2), or two of five (`every` = 5)."""
    return [each for at, each in enumerate(items) if (at % every in (1, 3)) == (part == "held")]


@cache
def _read(path: Path) -> Sound:
    argv = [
        "ffmpeg",
        "-v",
        "error",
        "-nostdin",
        "-i",
        str(path),
        "-ac",
        "1",
        "-ar",
        str(SAMPLE_RATE),
    ]
    raw = subprocess.run([*argv, "-f", "f32le", "-"], check=True, capture_output=True).stdout
    return np.frombuffer(raw, dtype=np.float32)


def _evened(sound: Sound) -> Sound:
    """At `LEVEL` where it is loud: speech itself, not the pauses in it."""
    power = _power(sound)
    loud = power[power > power.max() * 1e-3]
    level = float(np.sqrt(loud.mean())) if len(loud) else 1.0
    return sound * np.float32(LEVEL / max(level, 1e-9))


def _power(sound: Sound) -> npt.NDArray[np.float32]:
    """Mean power per 10 ms; at least one value."""
    frames = max(1, len(sound) // 160)
    power: Sound = np.square(np.resize(sound, frames * 160)).reshape(frames, 160).mean(axis=1)
    return power


def _of_energy_1(response: npt.NDArray[np.floating]) -> Sound:
    scaled: Sound = (response / np.sqrt(np.square(response).sum())).astype(np.float32)
    return scaled


def convolved(sound: Sound, response: Sound) -> Sound:
    length = len(sound) + len(response) - 1
    size = 1 << (length - 1).bit_length()
    wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(response, size), size)
    return wet[:length].astype(np.float32)
