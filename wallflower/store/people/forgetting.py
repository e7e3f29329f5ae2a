"""Voices forgotten: on a person's word, or because nobody heard them for long."""

from __future__ import annotations

from peewee import SqliteDatabase, fn

from wallflower.domain.events import SpeakerForgotten
from wallflower.domain.times import WallTime
from wallflower.store.journal import record_forgotten
from wallflower.store.models import CorrectionRow, JournalRow, Kind, LineRow, VoiceRow
from wallflower.store.people.moving import remove_voice
from wallflower.store.rows.voices import voice_of, voice_there


def forget(database: SqliteDatabase, at: WallTime, voice_id: int) -> SpeakerForgotten:
    """Leave nothing of a voice but its lines' texts. Raises `NotFound`.

    What it sounded like goes, in its lines too; so do its names in the journal and in
    corrections, which cannot be undone any more, and what is known there of voices that became
    part of it.
    """
    voice_of(database, voice_id)
    for one in sorted(_scrub_corrections(database, voice_id)):
        JournalRow.delete().where(
            (JournalRow.voice_id == one) & (JournalRow.kind == Kind.SPEAKER_RENAMED)
        ).execute(database)
    database.execute_sql(
        "DELETE FROM line_print WHERE line_id IN (SELECT id FROM line WHERE speaker_id = ?)",
        (voice_id,),
    )
    remove_voice(database, voice_id)
    return record_forgotten(database, at, voice_id)


def _scrub_corrections(database: SqliteDatabase, voice_id: int) -> set[int]:
    """Delete all corrections about the voice, and about those that became part of it.

    Gives back all these voices.
    """
    mine, todo = {voice_id}, [voice_id]
    while todo:
        about = database.execute_sql(
            "SELECT DISTINCT correction_id FROM correction_voice WHERE voice_id = ?", (todo.pop(),)
        ).fetchall()
        for (correction_id,) in about:
            for other in _voices_of(database, correction_id) - mine:
                if not voice_there(database, other):
                    mine.add(other)
                    todo.append(other)
            CorrectionRow.delete().where(CorrectionRow.id == correction_id).execute(database)
    return mine


def _voices_of(database: SqliteDatabase, correction_id: int) -> set[int]:
    rows = database.execute_sql(
        "SELECT voice_id FROM correction_voice WHERE correction_id = ?", (correction_id,)
    )
    return {voice_id for (voice_id,) in rows.fetchall()}


def forget_unheard(
    database: SqliteDatabase, at: WallTime, before: WallTime
) -> list[SpeakerForgotten]:
    """Forget voices that nobody named, without a line since `before`."""
    late = LineRow.select(LineRow.id).where(
        (LineRow.speaker == VoiceRow.id) & (LineRow.start_ns >= before.ns)
    )
    query = VoiceRow.select(VoiceRow.id).where(
        ~VoiceRow.known & (VoiceRow.last_heard_ns < before.ns) & ~fn.EXISTS(late)
    )
    stale = [row["id"] for row in query.order_by(VoiceRow.id).dicts().execute(database)]
    return [forget(database, at, voice_id) for voice_id in stale]
