"""What happened, in order: SSE replays it and MQTT catches up from it."""

from __future__ import annotations

import json
from typing import Any

from peewee import JOIN, SqliteDatabase

from wallflower.domain.events import (
    LineCommitted,
    LineCorrected,
    LineDeleted,
    Recorded,
    SpeakerForgotten,
    SpeakerMerged,
    SpeakerRenamed,
)
from wallflower.domain.speech import Line
from wallflower.domain.times import WallTime
from wallflower.store.connection import Connections
from wallflower.store.models import JournalRow, Kind, LineRow, VoiceRow
from wallflower.store.rows.lines import line_from
from wallflower.store.rows.plain import int64


class Journal:
    """Event ids grow by one and never come back, not even after `prune`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def after(
        self, event_id: int, *, limit: int = 500, stream_id: str | None = None
    ) -> list[Recorded]:
        """Events younger than `event_id`, oldest first, at most `limit`; none: no more there.

        With `stream_id` those of that stream, and those about every stream (speakers).
        Lines are as they are now. Events of a line deleted since are left out up to its
        `LineDeleted`.
        """

        def work(database: SqliteDatabase) -> list[Recorded]:
            alive = JournalRow.kind.not_in((Kind.LINE_COMMITTED, Kind.LINE_CORRECTED))
            query = (
                JournalRow.select(
                    JournalRow.id.alias("event_id"),
                    JournalRow.kind,
                    JournalRow.line_id,
                    JournalRow.voice_id,
                    JournalRow.stream_id.alias("event_stream_id"),
                    JournalRow.payload,
                    LineRow,
                    VoiceRow.name.alias("speaker_name"),
                    VoiceRow.known.alias("speaker_known"),
                )
                .join(LineRow, JOIN.LEFT_OUTER, on=JournalRow.line_id == LineRow.id)
                .join(VoiceRow, JOIN.LEFT_OUTER, on=LineRow.speaker == VoiceRow.id)
                .where((JournalRow.id > int64(event_id)) & (LineRow.id.is_null(False) | alive))
                .order_by(JournalRow.id)
                .limit(limit)
            )
            if stream_id is not None:
                query = query.where(
                    (JournalRow.stream_id == stream_id) | JournalRow.stream_id.is_null()
                )
            return [_event(row) for row in query.dicts().execute(database)]

        return await self._connections.read(work)

    async def last_id(self) -> int:
        """The youngest event's id, also when it was pruned since; 0 when there never was one."""

        def work(database: SqliteDatabase) -> int:
            query = "SELECT seq FROM sqlite_sequence WHERE name = 'journal'"
            row = database.execute_sql(query).fetchone()
            return int(row[0]) if row else 0

        return await self._connections.read(work)

    async def prune(self, keep: int = 100_000) -> int:
        """Forget all but the youngest `keep` events; how many that were. Lines stay.

        Merges are kept for ever: late lines and undoings ask whose a voice is now.
        """

        def work(database: SqliteDatabase) -> int:
            oldest_kept = (
                JournalRow.select(JournalRow.id)
                .order_by(JournalRow.id.desc())
                .offset(keep)
                .limit(1)
                .scalar(database)
            )
            if oldest_kept is None:
                return 0
            old = (JournalRow.id <= oldest_kept) & (JournalRow.kind != Kind.SPEAKER_MERGED)
            return int(JournalRow.delete().where(old).execute(database))

        return await self._connections.write(work)


def record_committed(database: SqliteDatabase, at: WallTime, line: Line) -> LineCommitted:
    event_id = _record(database, Kind.LINE_COMMITTED, at, line_id=line.id, stream_id=line.stream_id)
    return LineCommitted(event_id, line)


def record_corrected(database: SqliteDatabase, at: WallTime, line: Line) -> LineCorrected:
    event_id = _record(database, Kind.LINE_CORRECTED, at, line_id=line.id, stream_id=line.stream_id)
    return LineCorrected(event_id, line)


def record_deleted(
    database: SqliteDatabase, at: WallTime, line_id: int, stream_id: str
) -> LineDeleted:
    event_id = _record(database, Kind.LINE_DELETED, at, line_id=line_id, stream_id=stream_id)
    return LineDeleted(event_id, line_id, stream_id)


def record_renamed(
    database: SqliteDatabase, at: WallTime, voice_id: int, name: str, *, known: bool
) -> SpeakerRenamed:
    payload = json.dumps({"name": name, "known": known}, ensure_ascii=False)
    event_id = _record(database, Kind.SPEAKER_RENAMED, at, voice_id=voice_id, payload=payload)
    return SpeakerRenamed(event_id, voice_id, name, known)


def record_merged(
    database: SqliteDatabase, at: WallTime, gone_id: int, into_id: int
) -> SpeakerMerged:
    payload = json.dumps({"into": into_id})
    event_id = _record(database, Kind.SPEAKER_MERGED, at, voice_id=gone_id, payload=payload)
    return SpeakerMerged(event_id, gone_id, into_id)


def record_forgotten(database: SqliteDatabase, at: WallTime, voice_id: int) -> SpeakerForgotten:
    event_id = _record(database, Kind.SPEAKER_FORGOTTEN, at, voice_id=voice_id)
    return SpeakerForgotten(event_id, voice_id)


def heir_of(database: SqliteDatabase, voice_id: int) -> int | None:
    """The voice that `voice_id` is part of now; None when it was forgotten, or nobody knows.

    A voice that is there is its own heir.
    """
    seen: set[int] = set()
    while voice_id not in seen:
        if VoiceRow.select(VoiceRow.id).where(VoiceRow.id == int64(voice_id)).exists(database):
            return voice_id
        seen.add(voice_id)
        last = (
            JournalRow.select(JournalRow.payload)
            .where((JournalRow.voice_id == voice_id) & (JournalRow.kind == Kind.SPEAKER_MERGED))
            .order_by(JournalRow.id.desc())
            .scalar(database)
        )
        if last is None:
            return None
        voice_id = int(json.loads(last)["into"])
    return None


def _record(database: SqliteDatabase, kind: Kind, at: WallTime, **columns: Any) -> int:
    return int(JournalRow.insert(kind=kind, at_ns=at.ns, **columns).execute(database))


def _event(row: dict[str, Any]) -> Recorded:
    event_id = row["event_id"]
    match Kind(row["kind"]):
        case Kind.LINE_COMMITTED:
            return LineCommitted(event_id, line_from(row))
        case Kind.LINE_CORRECTED:
            return LineCorrected(event_id, line_from(row))
        case Kind.LINE_DELETED:
            return LineDeleted(event_id, row["line_id"], row["event_stream_id"])
        case Kind.SPEAKER_RENAMED:
            told = json.loads(row["payload"])
            return SpeakerRenamed(event_id, row["voice_id"], told["name"], told["known"])
        case Kind.SPEAKER_MERGED:
            return SpeakerMerged(event_id, row["voice_id"], json.loads(row["payload"])["into"])
        case Kind.SPEAKER_FORGOTTEN:
            return SpeakerForgotten(event_id, row["voice_id"])
