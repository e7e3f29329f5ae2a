"""What people decided about voices: stored, listed, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final, TypeVar

from peewee import SqliteDatabase

from wallflower.domain.events import Recorded, SpeakerForgotten
from wallflower.domain.people import Correction
from wallflower.domain.times import WallTime
from wallflower.domain.voices import RoomPrint, Sample
from wallflower.runtime.clock import Clock
from wallflower.store.connection import Connections
from wallflower.store.models import CorrectionRow, ValueRow
from wallflower.store.people.correcting import Standing, standing_of
from wallflower.store.people.deciding import Deciding
from wallflower.store.people.forgetting import forget, forget_unheard
from wallflower.store.people.mending import Mending
from wallflower.store.people.undoing import Undoing, correction_row
from wallflower.store.rows.plain import int64
from wallflower.store.strangers import Strangers
from wallflower.store.values import keep

R = TypeVar("R")

TO_SCRUB: Final = "store.to_scrub"
"""The value that names the last forgetting while the file may still tell of it."""


class PeopleTable:
    """Every method is one transaction; its events are for the caller to publish.

    Methods that take `mending` make the prints of all voices they touch anew. They raise
    `NotFound` for unknown ids, `BadInput` for what makes no sense, `Conflict` for a name in use.
    """

    def __init__(self, connections: Connections, strangers: Strangers, clock: Clock) -> None:
        self._connections = connections
        self._tables = strangers
        self._clock = clock

    async def rename(self, mending: Mending, voice_id: int, name: str) -> list[Recorded]:
        """Name a voice, which makes it known; past lines show the new name at once."""
        _, events = await self._decide(mending, lambda decide: decide.rename(voice_id, name))
        return events

    async def merge(self, mending: Mending, gone: Sequence[int], into: int) -> list[Recorded]:
        """All of `gone` becomes `into`'s; their lines are confirmed."""
        _, events = await self._decide(mending, lambda decide: decide.merge(gone, into))
        return events

    async def split(
        self, mending: Mending, voice_id: int, lines: Collection[int], name: str | None
    ) -> tuple[int, list[Recorded]]:
        """Some lines of a voice become a new one's; the id of that one."""
        return await self._decide(mending, lambda decide: decide.split(voice_id, lines, name))

    async def reassign(
        self, mending: Mending, line_id: int, voice_id: int | None, text: str | None = None
    ) -> list[Recorded]:
        """Give a line to a voice, or (None) to a new one. To its own: it is confirmed.

        `text`, where it was wrong too, is not taken back by an undo.
        """
        _, events = await self._decide(
            mending, lambda decide: decide.reassign(line_id, voice_id, text)
        )
        return events

    async def enrol(
        self,
        mending: Mending,
        name: str,
        *,
        lines: Collection[int] = (),
        prints: Sequence[RoomPrint] = (),
        samples: Sequence[Sample] = (),
    ) -> tuple[int, list[Recorded]]:
        """Teach the person called `name` by any of these; the id of the person, old or new."""
        return await self._decide(
            mending, lambda decide: decide.enrol(name, lines, prints, samples)
        )

    async def undo(self, mending: Mending, correction_id: int) -> tuple[Correction, list[Recorded]]:
        """Take a correction back. Raises `Conflict` while a younger one rests on it."""

        def work(database: SqliteDatabase) -> tuple[Correction, list[Recorded]]:
            undoing = Undoing(database, self._clock.wall(), mending, correction_id)
            undoing.apply()
            return _correction(undoing.correction), undoing.events

        return await self._tables.write(work, lend=True)

    async def standing(self) -> Standing:
        """For `VoiceTable.revise`: ask before you look at lines and voices."""
        return await self._connections.read(standing_of)

    async def correction(self, correction_id: int) -> Correction:
        """Raises `NotFound`."""
        return await self._connections.read(
            lambda database: _correction(correction_row(database, int64(correction_id)))
        )

    async def corrections(self, limit: int) -> list[Correction]:
        """The youngest first."""

        def work(database: SqliteDatabase) -> list[Correction]:
            query = CorrectionRow.select().order_by(CorrectionRow.id.desc()).limit(limit)
            return [_correction(row) for row in query.dicts().execute(database)]

        return await self._connections.read(work)

    async def forget(self, voice_id: int) -> SpeakerForgotten:
        """Leave nothing of a voice but its lines' texts. `scrub` should follow."""

        def work(database: SqliteDatabase) -> SpeakerForgotten:
            event = forget(database, self._clock.wall(), voice_id)
            keep(database, TO_SCRUB, str(event.event_id))
            return event

        return await self._connections.write(work)

    async def scrub(self) -> None:
        """Leave nothing of who was forgotten in the file's gaps and its log either.

        Rewrites the whole file, if anybody was forgotten since the last time: a second or two for
        100,000 lines, and as much room on the disk as the file takes. Raises `StoreError` when
        that cannot be had; the next call tries again, after a restart too.
        """

        def due(database: SqliteDatabase) -> str | None:
            query = ValueRow.select(ValueRow.value).where(ValueRow.key == TO_SCRUB)
            last: str | None = query.scalar(database)
            return last

        last = await self._connections.read(due)
        if last is None:
            return
        await self._connections.scrub()

        def done(database: SqliteDatabase) -> None:
            # Not of somebody who was forgotten meanwhile.
            mine = (ValueRow.key == TO_SCRUB) & (ValueRow.value == last)
            ValueRow.delete().where(mine).execute(database)

        await self._connections.write(done)

    async def prune(self, keep: int = 500) -> int:
        """Forget how to undo all but the youngest `keep` corrections; how many that were."""

        def work(database: SqliteDatabase) -> int:
            young = CorrectionRow.select(CorrectionRow.id).order_by(CorrectionRow.id.desc())
            old = CorrectionRow.delete().where(CorrectionRow.id.not_in(young.limit(keep)))
            return int(old.execute(database))

        return await self._connections.write(work)

    async def forget_unheard(self, before: WallTime) -> list[SpeakerForgotten]:
        """Forget voices that nobody named, without a line since `before`."""

        def work(database: SqliteDatabase) -> list[SpeakerForgotten]:
            return forget_unheard(database, self._clock.wall(), before)

        return await self._connections.write(work)

    async def _decide(
        self, mending: Mending, decision: Callable[[Deciding], R]
    ) -> tuple[R, list[Recorded]]:
        def work(database: SqliteDatabase) -> tuple[R, list[Recorded]]:
            deciding = Deciding(database, self._clock.wall(), mending)
            return decision(deciding), deciding.events

        return await self._tables.write(work, lend=True)


def _correction(row: dict[str, Any]) -> Correction:
    return Correction(
        id=row["id"],
        kind=row["kind"],
        text=row["text"],
        at=WallTime(row["at_ns"]),
        undone=bool(row["undone"]),
    )
