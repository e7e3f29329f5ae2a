"""A stream: one source as configured (a camera, a microphone), and how it is doing."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

RESERVED_ID: Final = "people"
"""No stream has this id: it stands for the people of the house among the MQTT topics."""


class StreamState(enum.StrEnum):
    """The states of a stream; the values are those of MQTT and the API."""

    CONNECTING = "connecting"
    STREAMING = "streaming"
    MUTED = "muted"
    RETRYING = "retrying"
    FAILED = "failed"
    """Parked until its settings change or someone starts it again (a wrong password, say)."""
    STOPPED = "stopped"
    """Switched off by its owner (`enabled` is false)."""


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """A stream as its owner configured it."""

    id: str
    """Lower-case letters, digits and `_`; never changes. The `<s>` of the MQTT topics."""
    name: str
    url: str
    """May hold credentials: show `wallflower.domain.urls.redact(url)` only."""
    enabled: bool = True
    listening: bool = True
    """False: the microphone is off (muted); nothing is read or transcribed."""
    area: str | None = None
    """Suggested area in Home Assistant."""


@dataclass(frozen=True, slots=True)
class StreamHealth:
    """How a stream is doing right now."""

    stream_id: str
    state: StreamState
    detail: str | None = None
    """One sentence for people: what is wrong and what to do. Never holds credentials."""
    code: str | None = None
    """The stable `code` of the error behind `detail`."""
    silent: bool = False
    """True while audio arrives but has been digital silence for long."""
    restarts: int = 0
    """Captures started again since Wallflower started."""
    dropped_s: float = 0.0
    """Seconds of audio lost because later stages were behind."""
    fps: float | None = None
    """Frames per second of the video; None while no video is read."""

    @property
    def online(self) -> bool:
        """Whether its audio can be heard (a muted stream is online: muted is a state)."""
        return self.state in (StreamState.STREAMING, StreamState.MUTED)


def slug(name: str, taken: Collection[str] = (), *, otherwise: str = "stream") -> str:
    """An id from a name: accents folded, `[a-z0-9_]`, unlike all in `taken`.

    `otherwise` is for names of which nothing is left, those in other scripts.

    >>> slug("Küche / Flur")
    'kuche_flur'
    >>> slug("Hall", taken={"hall"})
    'hall_2'
    """
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "_", folded.lower()).strip("_")[:48] or otherwise
    candidate, number = base, 1
    while candidate in taken:
        number += 1
        candidate = f"{base}_{number}"
    return candidate
