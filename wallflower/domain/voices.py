"""Voices and people, what they sound like, and who keeps that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from wallflower.domain.prints import Embedding, Prints
from wallflower.domain.speech import Pcm, SpeakerRef
from wallflower.domain.times import WallTime


@dataclass(frozen=True, slots=True, eq=False)
class RoomPrint:
    """What a voice sounds like on one stream: each room and each microphone moves a print."""

    stream_id: str
    """Empty for a print that came from elsewhere: a clip, or an imported profile."""
    embedding: Embedding
    speech_s: float
    """Seconds of speech behind it, weighted by how clear that was."""
    last_heard: WallTime


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """A cluster of voice prints; a person once somebody named it."""

    id: int
    name: str
    known: bool
    encoder: str
    """Name and version of the encoder of its prints."""
    prints: tuple[RoomPrint, ...]
    """One per stream it was heard on, and one for what came from elsewhere. None where they were
    lost or may not be kept: such a voice is never compared with anybody."""
    first_heard: WallTime
    last_heard: WallTime

    @property
    def centroid(self) -> Embedding:
        """The mean of all its prints, weighted by the speech behind each."""
        mean = sum(print_.embedding * np.float32(print_.speech_s) for print_ in self.prints)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)

    @property
    def speech_s(self) -> float:
        """Seconds of speech behind all its prints."""
        return sum(print_.speech_s for print_ in self.prints)

    def print_on(self, stream_id: str) -> RoomPrint | None:
        """What it sounds like on that stream; None where it was never heard."""
        return next((each for each in self.prints if each.stream_id == stream_id), None)

    def sounding(self, learnt: RoomPrint) -> Voice:
        """This voice with `learnt` as its print of that stream."""
        others = tuple(each for each in self.prints if each.stream_id != learnt.stream_id)
        last_heard = max(self.last_heard, learnt.last_heard)
        return replace(self, prints=(*others, learnt), last_heard=last_heard)

    def ref(self, confidence: float, *, sure: bool = True) -> SpeakerRef:
        return SpeakerRef(self.id, self.name, self.known, confidence, sure)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A short clip of one voice, kept so that another encoder can learn the voice from it."""

    stream_id: str
    pcm: Pcm
    """At most a few seconds."""
    quality: float
    """0 to 1: how clear and undisturbed; the best few of a voice are kept."""
    at: WallTime


@dataclass(frozen=True, slots=True, eq=False)
class HeardLine:
    """A stored line as the second look sees it."""

    id: int
    stream_id: str
    start: WallTime
    end: WallTime
    voice_id: int | None
    confirmed: bool
    """A person decided whose line it is: nothing the machine finds out changes that."""
    prints: Prints
    """Edges in seconds from `start`."""


@dataclass(frozen=True, slots=True)
class Reassigned:
    """The second look takes a line for somebody else's."""

    line_id: int
    voice: int
    """0 or more: the id of a voice. Below 0: a new voice, the same for every line with that
    number."""
    confidence: float
    sure: bool


@dataclass(frozen=True, slots=True, eq=False)
class Revision:
    """What a second look would change. Nothing that a person decided is in it."""

    lines: tuple[Reassigned, ...] = ()
    merged: Mapping[int, int] = field(default_factory=dict)
    """Voices that are gone, and the voice each is now part of; a named voice is never gone."""
    prints: Mapping[int, tuple[RoomPrint, ...]] = field(default_factory=dict)
    """The prints of voices as they should be from now on; below 0 as in `Reassigned.voice`."""


class VoiceKeeper(Protocol):
    """Where voices live between restarts."""

    async def all(self, encoder: str) -> Sequence[Voice]:
        """Voices with prints of `encoder`, oldest first."""
        ...

    async def add(self, encoder: str, first: RoomPrint) -> Voice:
        """A new voice, named `Voice N` with the lowest N never used."""
        ...

    async def update(
        self,
        encoder: str,
        voice_id: int,
        learnt: RoomPrint,
        *,
        grown_from: RoomPrint | None = None,
    ) -> None:
        """Keep a voice's print of one stream. A voice that is gone is ignored, and so is a print
        that has grown from one which is not the voice's any more."""
        ...

    async def keep_sample(self, voice_id: int, sample: Sample) -> None:
        """Keep `sample` if it is among the voice's best. A voice that is gone is ignored."""
        ...
