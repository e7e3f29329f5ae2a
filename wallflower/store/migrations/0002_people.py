"""Several prints per voice, what lines sounded like, samples, and what people decided."""

from __future__ import annotations

from itertools import count
from typing import Final

from peewee import SqliteDatabase

STATEMENTS: Final = (
    # A print per room instead of one per voice. What a voice was known by so far came from all
    # rooms, so it counts as one that came from elsewhere.
    """
    CREATE TABLE voice_print (
        id INTEGER PRIMARY KEY,
        voice_id INTEGER NOT NULL REFERENCES voice (id) ON DELETE CASCADE,
        encoder TEXT NOT NULL,
        stream_id TEXT NOT NULL,
        embedding BLOB NOT NULL,
        speech_s REAL NOT NULL,
        last_heard_ns INTEGER NOT NULL,
        UNIQUE (voice_id, encoder, stream_id)
    )
    """,
    """
    INSERT INTO voice_print (voice_id, encoder, stream_id, embedding, speech_s, last_heard_ns)
    SELECT id, encoder, '', centroid, speech_s, last_heard_ns FROM voice
    WHERE length(centroid) > 0
    """,
    "ALTER TABLE voice DROP COLUMN encoder",
    "ALTER TABLE voice DROP COLUMN centroid",
    "ALTER TABLE voice DROP COLUMN speech_s",
    # Rows written before lack these two columns in the file; salvage knows.
    "ALTER TABLE line ADD COLUMN speaker_sure INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE line ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 0",
    # `worth` orders what is kept when old ones go.
    """
    CREATE TABLE line_print (
        line_id INTEGER PRIMARY KEY REFERENCES line (id) ON DELETE CASCADE,
        encoder TEXT NOT NULL,
        windows BLOB NOT NULL,
        edges BLOB NOT NULL,
        overlapped BLOB NOT NULL,
        contrast_db REAL NOT NULL,
        worth REAL NOT NULL
    )
    """,
    """
    CREATE TABLE sample (
        id INTEGER PRIMARY KEY,
        voice_id INTEGER NOT NULL REFERENCES voice (id) ON DELETE CASCADE,
        stream_id TEXT NOT NULL,
        pcm BLOB NOT NULL,
        quality REAL NOT NULL,
        at_ns INTEGER NOT NULL
    )
    """,
    "CREATE INDEX sample_by_voice ON sample (voice_id)",
    # What a person decided, and in four tables what it changed as that was before. No foreign
    # keys to voices: the gone ones are what an undo brings back.
    """
    CREATE TABLE correction (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        at_ns INTEGER NOT NULL,
        undone INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE correction_line (
        correction_id INTEGER NOT NULL REFERENCES correction (id) ON DELETE CASCADE,
        line_id INTEGER NOT NULL REFERENCES line (id) ON DELETE CASCADE,
        speaker_id INTEGER,
        speaker_confidence REAL,
        speaker_sure INTEGER NOT NULL,
        confirmed INTEGER NOT NULL,
        PRIMARY KEY (correction_id, line_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX correction_line_by_line ON correction_line (line_id)",
    # `fate`: the voice stays, was made by the correction (`heir_id` gets its later lines at an
    # undo), or is gone through it. `renamed`, `moved`: whether its name or existence, or its
    # lines and prints, were touched.
    """
    CREATE TABLE correction_voice (
        correction_id INTEGER NOT NULL REFERENCES correction (id) ON DELETE CASCADE,
        voice_id INTEGER NOT NULL,
        renamed INTEGER NOT NULL,
        moved INTEGER NOT NULL,
        fate TEXT NOT NULL,
        heir_id INTEGER,
        name TEXT NOT NULL,
        known INTEGER NOT NULL,
        first_heard_ns INTEGER NOT NULL,
        last_heard_ns INTEGER NOT NULL,
        PRIMARY KEY (correction_id, voice_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX correction_voice_by_voice ON correction_voice (voice_id)",
    """
    CREATE TABLE correction_print (
        correction_id INTEGER NOT NULL REFERENCES correction (id) ON DELETE CASCADE,
        voice_id INTEGER NOT NULL,
        encoder TEXT NOT NULL,
        stream_id TEXT NOT NULL,
        embedding BLOB NOT NULL,
        speech_s REAL NOT NULL,
        last_heard_ns INTEGER NOT NULL,
        PRIMARY KEY (correction_id, voice_id, encoder, stream_id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE correction_sample (
        correction_id INTEGER NOT NULL REFERENCES correction (id) ON DELETE CASCADE,
        sample_id INTEGER NOT NULL REFERENCES sample (id) ON DELETE CASCADE,
        voice_id INTEGER NOT NULL,
        PRIMARY KEY (correction_id, sample_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX correction_sample_by_sample ON correction_sample (sample_id)",
    # Which voice a gone one became part of is looked up by its id.
    "CREATE INDEX journal_by_voice ON journal (voice_id) WHERE voice_id IS NOT NULL",
)


TAKEN: Final = "people"
"""Stands for the people of the house among the MQTT topics from now on."""


def upgrade(database: SqliteDatabase) -> None:
    for statement in STATEMENTS:
        database.execute_sql(statement)
    _make_way(database)


def _make_way(database: SqliteDatabase) -> None:
    """A stream called like the topics of people gets another id."""
    ids = {row[0] for row in database.execute_sql("SELECT id FROM stream").fetchall()}
    if TAKEN not in ids:
        return
    number = next(n for n in count(2) if f"{TAKEN}_{n}" not in ids)
    for table, column in (("stream", "id"), ("line", "stream_id"), ("journal", "stream_id")):
        database.execute_sql(
            f"UPDATE {table} SET {column} = ? WHERE {column} = ?",  # noqa: S608
            (f"{TAKEN}_{number}", TAKEN),
        )
