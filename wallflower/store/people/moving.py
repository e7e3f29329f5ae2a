"""Lines and voices changing hands inside a transaction."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from peewee import SqliteDatabase

from wallflower.store.models import LineRow, VoiceRow


def give_lines(
    database: SqliteDatabase, line_ids: Collection[int], voice_id: int, columns: dict[str, Any]
) -> None:
    """Lines become those of a voice, with other `columns`; samples cut from them go along."""
    for line_id in line_ids:
        LineRow.update(speaker=voice_id, **columns).where(LineRow.id == line_id).execute(database)
        # A sample belongs to the line that its middle lies in: 2 bytes are 62,500 ns.
        database.execute_sql(
            "UPDATE sample SET voice_id = ? WHERE id IN ("
            "SELECT s.id FROM sample AS s JOIN line AS l ON l.id = ? "
            "WHERE s.stream_id = l.stream_id "
            "AND s.at_ns + length(s.pcm) * 15625 BETWEEN l.start_ns AND l.end_ns)",
            (voice_id, line_id),
        )
    keep_heard(database, voice_id)


def give_everything(
    database: SqliteDatabase, gone_id: int, into_id: int, columns: dict[str, Any] | None = None
) -> None:
    """All lines, prints and samples of one voice become another's, and the first is no more.

    Where both have a print of one stream, the second's stays.
    """
    LineRow.update(speaker=into_id, **(columns or {})).where(LineRow.speaker == gone_id).execute(
        database
    )
    for table in ("sample", "voice_print"):
        database.execute_sql(
            f"UPDATE OR IGNORE {table} SET voice_id = ? WHERE voice_id = ?",  # noqa: S608
            (into_id, gone_id),
        )
    database.execute_sql(
        "UPDATE voice SET "
        "first_heard_ns = min(voice.first_heard_ns, gone.first_heard_ns), "
        "last_heard_ns = max(voice.last_heard_ns, gone.last_heard_ns) "
        "FROM voice AS gone WHERE voice.id = ? AND gone.id = ?",
        (into_id, gone_id),
    )
    VoiceRow.delete().where(VoiceRow.id == gone_id).execute(database)


def keep_heard(database: SqliteDatabase, voice_id: int) -> None:
    """A voice was heard when the lines were said that are surely its own, at the least."""
    database.execute_sql(
        "UPDATE voice SET "
        "first_heard_ns = min(first_heard_ns, coalesce(said.first, first_heard_ns)), "
        "last_heard_ns = max(last_heard_ns, coalesce(said.last, last_heard_ns)) "
        "FROM (SELECT min(start_ns) AS first, max(end_ns) AS last FROM line "
        "WHERE speaker_id = ? AND speaker_sure) "
        "AS said WHERE id = ?",
        (voice_id, voice_id),
    )


def has_lines(
    database: SqliteDatabase,
    voice_id: int,
    *,
    stream_id: str | None = None,
    confirmed: bool = False,
) -> bool:
    query = LineRow.select(LineRow.id).where(LineRow.speaker == voice_id)
    if stream_id is not None:
        query = query.where(LineRow.stream_id == stream_id)
    if confirmed:
        query = query.where(LineRow.confirmed)
    return bool(query.exists(database))


def remove_voice(database: SqliteDatabase, voice_id: int) -> None:
    """With its prints and samples; lines it still has are nobody's."""
    LineRow.update(speaker=None, speaker_confidence=None, speaker_sure=True, confirmed=False).where(
        LineRow.speaker == voice_id
    ).execute(database)
    VoiceRow.delete().where(VoiceRow.id == voice_id).execute(database)
