"""Where in the sound a server's time lies: it counts all samples it got, silence included. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from wallflower.domain.times import SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class _Span:
    """Consecutive samples of sound on the connection."""

    first: int
    samples: int
    at_s: float
    """Where they begin in the source."""


class Sent:
    """A connection's record of what was sent. Only sound has a place in a source; silence that
    was put between or after belongs to the sound next to it.
    """

    def __init__(self) -> None:
        self._spans: list[_Span] = []
        self.samples = 0
        """All that was sent so far."""

    @property
    def seconds(self) -> float:
        return self.samples / SAMPLE_RATE

    def sound(self, samples: int, at_s: float) -> None:
        """Note sound that begins at `at_s` seconds of its source."""
        self._spans.append(_Span(self.samples, samples, at_s))
        self.samples += samples

    def silence(self, samples: int) -> None:
        self.samples += samples

    def source_s(self, server_s: float) -> float:
        """The moment in the source that the server calls `server_s`.

        Silence maps to the end of the sound before it, or to the beginning of the first sound.
        Raises `ValueError` when no sound was sent yet.
        """
        if not self._spans:
            raise ValueError("no sound was sent on this connection")
        position = server_s * SAMPLE_RATE
        before = [span for span in self._spans if span.first <= position]
        span = before[-1] if before else self._spans[0]
        inside = min(max(position - span.first, 0.0), span.samples)
        return span.at_s + inside / SAMPLE_RATE
