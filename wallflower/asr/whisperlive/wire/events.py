"""What a WhisperLive server says, as facts. All times are seconds since the first sample that was
sent on the connection. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallflower.domain.speech import Word


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text as the server cut it."""

    start_s: float
    end_s: float
    text: str
    """Without spaces around it."""
    words: tuple[Word, ...] = ()
    """Empty when the server tells no word times."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The server takes sound now."""

    backend: str


@dataclass(frozen=True, slots=True)
class Full:
    """All places are taken; the server closes the connection."""

    wait_s: float


@dataclass(frozen=True, slots=True)
class LanguageFound:
    """Said once; from now on the connection keeps to this language."""

    language: str
    probability: float


@dataclass(frozen=True, slots=True)
class Completed:
    """A segment that does not change any more; each comes once, in order."""

    segment: Segment


@dataclass(frozen=True, slots=True)
class SoFar:
    """Closes the events of every message about segments: what is not completed yet."""

    segment: Segment | None


@dataclass(frozen=True, slots=True)
class Translated:
    """The translation of a completed segment; each comes once, in order."""

    segment: Segment


@dataclass(frozen=True, slots=True)
class Missed:
    """More segments were completed between two messages than a message holds: some are lost."""


@dataclass(frozen=True, slots=True)
class Warned:
    """The server goes on, but not as asked."""

    text: str


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The connection's time is up; the server closes it."""


@dataclass(frozen=True, slots=True)
class ServerError:
    """The server gives up on us and closes the connection."""

    text: str


Event = (
    Ready
    | Full
    | LanguageFound
    | Completed
    | SoFar
    | Translated
    | Missed
    | Warned
    | Disconnected
    | ServerError
)
