"""What happened since the start, counted for `/metrics`."""

from __future__ import annotations

from collections import Counter
from typing import Final

from wallflower.domain.events import LineCommitted
from wallflower.runtime.bus import Bus

METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
OTHER: Final = "other"
"""In the place of names that a caller made up: each would be a time series of its own."""


class Tally:
    """Counts lines while `follow` runs, and requests as they are answered."""

    def __init__(self) -> None:
        self.lines: Counter[str] = Counter()
        """By stream."""
        self.requests: Counter[tuple[str, str, int]] = Counter()
        """By route, method and status."""

    async def follow(self, bus: Bus) -> None:
        """Count the lines of every stream, until the bus closes."""
        with bus.subscribe("metrics", LineCommitted) as committed:
            async for event in committed:
                if isinstance(event, LineCommitted):
                    self.lines[event.line.stream_id] += 1

    def answered(self, route: str | None, method: str, status: int) -> None:
        """Count a request. `route` is None where no route matched."""
        self.requests[route or OTHER, method if method in METHODS else OTHER, status] += 1
