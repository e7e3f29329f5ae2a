"""Which stored lines, and corrections of them, the broker still has to get.

The journal of the store is the queue: a cursor in it tells what the broker has confirmed. So
lines said while the broker is away, or told to a Wallflower that stops, go out later and in
order.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from typing import Final, Protocol, TypeAlias

from wallflower.domain.errors import StoreError
from wallflower.domain.events import (
    LineCommitted,
    LineCorrected,
    Recorded,
    SpeakerForgotten,
    SpeakerMerged,
    SpeakerRenamed,
)

MAX_BACKLOG: Final = 1000
PAGE: Final = 500
SAVE_EVERY: Final = 50
"""So many lines at most are published twice after a crash while catching up."""
CURSOR: Final = "mqtt.cursor"

News: TypeAlias = LineCommitted | LineCorrected | SpeakerRenamed | SpeakerMerged | SpeakerForgotten

NEWS: Final = (LineCommitted, LineCorrected, SpeakerRenamed, SpeakerMerged, SpeakerForgotten)
"""The members of `News`, for `isinstance`."""

_log = logging.getLogger(__name__)


class Journal(Protocol):
    """What is needed of `store.Journal`."""

    async def after(
        self, event_id: int, *, limit: int = 500, stream_id: str | None = None
    ) -> Sequence[Recorded]: ...

    async def last_id(self) -> int: ...


class Values(Protocol):
    """What is needed of `store.ValueTable`."""

    async def get(self, key: str) -> str | None: ...

    async def set(self, key: str, value: str) -> None: ...


class Outbox:
    """Lines that wait for the broker, oldest first, at most `max_backlog`.

    The very first `open` starts at the journal's end: what was said before MQTT was set up is
    not news.
    """

    def __init__(self, journal: Journal, values: Values, max_backlog: int = MAX_BACKLOG) -> None:
        self._journal = journal
        self._values = values
        self._max_backlog = max_backlog
        self._cursor: int | None = None
        self._saved: int | None = None
        self._unsaved = 0
        self.skipped = 0
        """Lines that were never published because too many waited, since Wallflower started."""

    async def open(self) -> None:
        """Find the place to go on from. Raises `StoreError`; harmless when already open."""
        if self._cursor is not None:
            return
        last_id = await self._journal.last_id()
        stored = await self._values.get(CURSOR)
        if stored is None:
            self._cursor = last_id
        else:
            # A journal that is shorter than remembered was begun anew (a damaged database).
            self._saved = int(stored)
            self._cursor = min(self._saved, last_id)
        await self.save()

    async def pending(self) -> list[News]:
        """What the broker has not confirmed yet; the oldest are skipped beyond the bound."""
        seen = self._place()
        waiting: deque[News] = deque()
        skipped = 0
        while True:
            page = await self._journal.after(seen, limit=PAGE)
            for event in page:
                seen = event.event_id
                if isinstance(event, NEWS):
                    waiting.append(event)
                if len(waiting) > self._max_backlog:
                    lost = waiting.popleft()
                    self._cursor = lost.event_id
                    skipped += isinstance(lost, LineCommitted)
            if len(page) < PAGE:
                break
        if skipped:
            self.skipped += skipped
            _log.warning(
                "The MQTT broker was away too long: the %d oldest of the waiting lines are not"
                " published (they stay in the store).",
                skipped,
            )
        if not waiting:
            self._cursor = seen
        return list(waiting)

    async def confirmed(self, event: News) -> None:
        """The broker has `event` and all before it."""
        self._cursor = event.event_id
        self._unsaved += 1
        if self._unsaved >= SAVE_EVERY:
            await self.save()

    async def save(self) -> None:
        """Keep the place for the next start of Wallflower.

        A store that cannot is only logged: it is remembered here, and saved with the next line.
        """
        place = self._place()
        if place == self._saved:
            return
        try:
            await self._values.set(CURSOR, str(place))
        except StoreError as error:
            _log.warning("How far MQTT has got cannot be stored: %s", error)
        else:
            self._saved = place
            self._unsaved = 0

    def _place(self) -> int:
        if self._cursor is None:
            raise RuntimeError("the outbox was not opened")
        return self._cursor
