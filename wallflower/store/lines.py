"""The lines people see, search and play."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from peewee import SqliteDatabase

from wallflower.domain.events import LineCommitted, LineCorrected, LineDeleted
from wallflower.domain.speech import Line
from wallflower.domain.times import WallTime
from wallflower.domain.voices import HeardLine
from wallflower.runtime.clock import Clock
from wallflower.store.connection import Connections
from wallflower.store.journal import (
    heir_of,
    record_committed,
    record_corrected,
    record_deleted,
)
from wallflower.store.models import LineRow, VoiceRow
from wallflower.store.rows.line_prints import heard_lines, prune_line_prints, put_line_print
from wallflower.store.rows.lines import line_columns, line_from, line_of, lines_joined, put_text
from wallflower.store.rows.plain import int64
from wallflower.store.rows.voices import heard_at
from wallflower.store.search.paging import page_of
from wallflower.store.search.query import LineQuery, Page, checked
from wallflower.store.strangers import Strangers

_log = logging.getLogger(__name__)


class LineTable:
    def __init__(self, connections: Connections, strangers: Strangers, clock: Clock) -> None:
        self._connections = connections
        self._tables = strangers
        self._clock = clock

    async def commit(self, lines: Sequence[Line]) -> list[LineCommitted]:
        """Store `lines` in one transaction; the events hold them as stored, in the same order.

        Words are kept to the millisecond. A speaker's name is the one the voice has now. A voice
        that was merged meanwhile leaves its line to the voice it is part of; one that is gone
        leaves it without a speaker. The caller publishes the events.
        Raises `DiskFull` or `StoreError` and has stored nothing then.
        """

        def work(database: SqliteDatabase) -> list[LineCommitted]:
            heirs = _heirs(database, {line.speaker.id for line in lines if line.speaker})
            voices = _voices(database, {heir for heir in heirs.values() if heir is not None})
            now = self._clock.wall()
            events = []
            for line in lines:
                columns = line_columns(line)
                if line.speaker is not None:
                    columns |= _belonging(heirs[line.speaker.id])
                columns["id"] = LineRow.insert(**columns).execute(database)
                if line.prints is not None:
                    put_line_print(database, columns["id"], line.prints)
                voice = voices.get(columns["speaker"], {})
                events.append(record_committed(database, now, line_from(columns | voice)))
            _hear(database, events)
            return events

        return await self._tables.write(work) if lines else []

    async def heard(
        self,
        encoder: str,
        *,
        since: WallTime,
        until: WallTime | None = None,
        voice_id: int | None = None,
        confirmed: bool = False,
        limit: int = 2000,
    ) -> list[HeardLine]:
        """Lines that start from `since` to before `until` and whose prints are kept, by start.

        Of more than `limit` the youngest. Only those with prints of `encoder`, and, if asked, of
        one voice, or whose speaker a person confirmed.
        """

        def work(database: SqliteDatabase) -> list[HeardLine]:
            when = LineRow.start_ns >= int64(since.ns)
            if until is not None:
                when &= LineRow.start_ns < int64(until.ns)
            if voice_id is not None:
                when &= LineRow.speaker == int64(voice_id)
            if confirmed:
                when &= LineRow.confirmed
            return heard_lines(database, encoder, when, limit)

        return await self._tables.read(work, lines=True)

    async def get(self, line_id: int) -> Line:
        """Raises `NotFound`."""

        def work(database: SqliteDatabase) -> Line:
            return line_of(database, line_id)

        return await self._connections.read(work)

    async def page(self, query: LineQuery) -> Page:
        """Lines that match, newest first; pages never overlap while new lines come in.

        Raises `BadInput` on a bad limit or cursor.
        """
        checked(query)

        def work(database: SqliteDatabase) -> Page:
            return page_of(query, lines_joined(), database)

        return await self._connections.read(work)

    async def change(self, line_id: int, *, text: str) -> LineCorrected:
        """Correct a line's text; its words stay as they were heard.

        Raises `NotFound`, or `BadInput` on an empty text. The caller publishes the event. Whose
        line it is changes by `PeopleTable.reassign`.
        """

        def work(database: SqliteDatabase) -> LineCorrected:
            line_of(database, line_id)
            put_text(database, line_id, text)
            return record_corrected(database, self._clock.wall(), line_of(database, line_id))

        return await self._connections.write(work)

    async def prune_prints(self) -> int:
        """Let go of what old lines sounded like, but for the best of each voice and room.

        How many that were; the lines themselves stay.
        """

        def work(database: SqliteDatabase) -> int:
            return prune_line_prints(database, self._clock.wall())

        return await self._connections.write(work)

    async def delete(self, line_id: int) -> LineDeleted:
        """Raises `NotFound`. The caller publishes the event."""

        def work(database: SqliteDatabase) -> LineDeleted:
            stream_id = line_of(database, line_id).stream_id
            LineRow.delete().where(LineRow.id == line_id).execute(database)
            return record_deleted(database, self._clock.wall(), line_id, stream_id)

        return await self._connections.write(work)


def _heirs(database: SqliteDatabase, voice_ids: set[int]) -> dict[int, int | None]:
    heirs = {voice_id: heir_of(database, voice_id) for voice_id in voice_ids}
    for voice_id, heir in heirs.items():
        if heir is None:
            _log.warning("voice %d of a new line is gone", voice_id)
    return heirs


def _belonging(heir: int | None) -> dict[str, Any]:
    """Columns of a line that a voice said which is `heir` now."""
    if heir is None:
        return {"speaker": None, "speaker_confidence": None, "speaker_sure": True}
    return {"speaker": heir}


def _hear(database: SqliteDatabase, events: Sequence[LineCommitted]) -> None:
    """Note when voices were heard."""
    for line in (event.line for event in events):
        if line.speaker is not None and line.speaker.sure:
            heard_at(database, line.speaker.id, line.start, line.end)


def _voices(database: SqliteDatabase, ids: set[int]) -> dict[int, dict[str, Any]]:
    rows = (
        VoiceRow.select(
            VoiceRow.id,
            VoiceRow.name.alias("speaker_name"),
            VoiceRow.known.alias("speaker_known"),
        )
        .where(VoiceRow.id.in_([int64(voice_id) for voice_id in ids]))
        .dicts()
        .execute(database)
    )
    return {row.pop("id"): row for row in rows}
