"""Two clocks that must never be mixed up, as two types.

`MediaTime` counts from the first sample of one capture; `WallTime` is UTC. Only capture
converts between them, so a word, a face and a recording of one moment meet.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

SAMPLE_RATE: Final = 16_000
"""Samples per second of all PCM inside Wallflower (mono, signed 16 bit)."""

NS_PER_S: Final = 1_000_000_000


@dataclass(frozen=True, order=True, slots=True)
class MediaTime:
    """A moment on one capture's own clock: `ns` nanoseconds after its first sample."""

    ns: int

    @classmethod
    def from_samples(cls, samples: int) -> MediaTime:
        """The moment right before sample number `samples` (counted from 0)."""
        return cls(samples * NS_PER_S // SAMPLE_RATE)

    def plus(self, seconds: float) -> MediaTime:
        return MediaTime(self.ns + round(seconds * NS_PER_S))

    def seconds_since(self, earlier: MediaTime) -> float:
        return (self.ns - earlier.ns) / NS_PER_S


@dataclass(frozen=True, order=True, slots=True)
class WallTime:
    """A moment of the world: `ns` nanoseconds since 1970-01-01 UTC."""

    ns: int

    @classmethod
    def from_seconds(cls, seconds: float) -> WallTime:
        """From POSIX seconds."""
        return cls(round(seconds * NS_PER_S))

    @classmethod
    def from_iso(cls, text: str) -> WallTime:
        """From ISO 8601. A text without a zone is read as UTC.

        Raises `ValueError` when `text` is no ISO 8601 date and time.
        """
        moment = dt.datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        whole = round(moment.replace(microsecond=0).timestamp())
        return cls(whole * NS_PER_S + moment.microsecond * 1000)

    @property
    def seconds(self) -> float:
        """POSIX seconds, to about a microsecond."""
        return self.ns / NS_PER_S

    def iso(self) -> str:
        """ISO 8601 in UTC with milliseconds: `2026-11-22T08:15:30.250Z`."""
        whole, rest = divmod(self.ns, NS_PER_S)
        moment = dt.datetime.fromtimestamp(whole, dt.UTC)
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest // 1_000_000:03d}Z"

    def plus(self, seconds: float) -> WallTime:
        return WallTime(self.ns + round(seconds * NS_PER_S))

    def seconds_since(self, earlier: WallTime) -> float:
        return (self.ns - earlier.ns) / NS_PER_S
