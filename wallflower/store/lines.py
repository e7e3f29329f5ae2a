"""The lines people see, search and play."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Final

from peewee import JOIN, ModelSelect, SqliteDatabase

from wallflower.domain.errors import BadInput, NotFound
from wallflower.domain.events import LineCommitted, LineCorrected, LineDeleted
from wallflower.domain.speech import Line
from wallflower.runtime.clock import Clock
from wallflower.store.connection import Connections
from wallflower.store.journal import record_committed, record_corrected, record_deleted
from wallflower.store.models import LineRow, VoiceRow
from wallflower.store.paging import page_of
from wallflower.store.query import LineQuery, Page, checked
from wallflower.store.rows import clean, int64, line_columns, line_from

CORRECTED_CONFIDENCE: Final = 1.0
"""A speaker named by a person, not guessed."""

_log = logging.getLogger(__name__)


class LineTable:
    def __init__(self, connections: Connections, clock: Clock) -> None:
        self._connections = connections
        self._clock = clock

    async def commit(self, lines: Sequence[Line]) -> list[LineCommitted]:
        """Store `lines` in one transaction; the events hold them as stored, in the same order.

        Words are kept to the millisecond. A speaker's name is the one the voice has now; a voice
        that is gone meanwhile leaves the line without a speaker. The caller publishes the events.
        Raises `DiskFull` or `StoreError` and has stored nothing then.
        """

        def work(database: SqliteDatabase) -> list[LineCommitted]:
            voices = _voices(database, {line.speaker.id for line in lines if line.speaker})
            now = self._clock.wall()
            events = []
            for line in lines:
                columns = line_columns(line)
                voice = voices.get(columns["speaker"])
                if voice is None and columns["speaker"] is not None:
                    _log.warning("voice %d of a new line is gone", columns["speaker"])
                    columns |= {"speaker": None, "speaker_confidence": None}
                columns["id"] = LineRow.insert(**columns).execute(database)
                events.append(record_committed(database, now, line_from(columns | (voice or {}))))
            return events

        return await self._connections.write(work) if lines else []

    async def get(self, line_id: int) -> Line:
        """Raises `NotFound`."""

        def work(database: SqliteDatabase) -> Line:
            return _line(database, line_id)

        return await self._connections.read(work)

    async def page(self, query: LineQuery) -> Page:
        """Lines that match, newest first; pages never overlap while new lines come in.

        Raises `BadInput` on a bad limit or cursor.
        """
        checked(query)

        def work(database: SqliteDatabase) -> Page:
            return page_of(query, _lines(), database)

        return await self._connections.read(work)

    async def change(
        self, line_id: int, *, text: str | None = None, speaker_id: int | None = None
    ) -> LineCorrected:
        """Correct a line's text, its speaker or both; its words stay as they were heard.

        Raises `NotFound` when the line or the voice is not there, `BadInput` on an empty text or
        when nothing is to be changed. The caller publishes the event.
        """
        if text is None and speaker_id is None:
            raise BadInput("Nothing to change: give a text or a speaker.")
        if text is not None and not text.strip():
            raise BadInput("A line's text must not be empty; delete the line instead.")

        def work(database: SqliteDatabase) -> LineCorrected:
            _line(database, line_id)
            changes: dict[str, Any] = {}
            if text is not None:
                changes["text"] = clean(text.strip())
            if speaker_id is not None:
                if not _voices(database, {speaker_id}):
                    raise NotFound(f"There is no voice {speaker_id}.")
                changes |= {"speaker": speaker_id, "speaker_confidence": CORRECTED_CONFIDENCE}
            LineRow.update(**changes).where(LineRow.id == line_id).execute(database)
            return record_corrected(database, self._clock.wall(), _line(database, line_id))

        return await self._connections.write(work)

    async def delete(self, line_id: int) -> LineDeleted:
        """Raises `NotFound`. The caller publishes the event."""

        def work(database: SqliteDatabase) -> LineDeleted:
            stream_id = _line(database, line_id).stream_id
            LineRow.delete().where(LineRow.id == line_id).execute(database)
            return record_deleted(database, self._clock.wall(), line_id, stream_id)

        return await self._connections.write(work)


def _lines() -> ModelSelect[LineRow]:
    """Lines with the present name and standing of their voices."""
    return LineRow.select(
        LineRow, VoiceRow.name.alias("speaker_name"), VoiceRow.known.alias("speaker_known")
    ).join(VoiceRow, JOIN.LEFT_OUTER)


def _line(database: SqliteDatabase, line_id: int) -> Line:
    row = _lines().where(LineRow.id == int64(line_id)).dicts().first(database)
    if row is None:
        raise NotFound(f"There is no line {line_id}.")
    return line_from(row)


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
