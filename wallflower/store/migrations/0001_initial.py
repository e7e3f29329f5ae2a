"""The first schema. Plain SQL: what a version looked like must not change with the models."""

from __future__ import annotations

from typing import Final

from peewee import SqliteDatabase

STATEMENTS: Final = (
    # Times are integer nanoseconds since 1970 UTC. AUTOINCREMENT where an id must never come
    # back: other programs remember ids of lines, voices and events.
    """
    CREATE TABLE stream (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        name_folded TEXT NOT NULL UNIQUE,
        url TEXT NOT NULL,
        enabled INTEGER NOT NULL,
        listening INTEGER NOT NULL,
        area TEXT
    )
    """,
    """
    CREATE TABLE voice (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        name_folded TEXT NOT NULL UNIQUE,
        known INTEGER NOT NULL,
        encoder TEXT NOT NULL,
        centroid BLOB NOT NULL,
        speech_s REAL NOT NULL,
        first_heard_ns INTEGER NOT NULL,
        last_heard_ns INTEGER NOT NULL
    )
    """,
    # No foreign key to stream: lines outlive their camera.
    """
    CREATE TABLE line (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        stream_id TEXT NOT NULL,
        start_ns INTEGER NOT NULL,
        end_ns INTEGER NOT NULL,
        text TEXT NOT NULL,
        words TEXT NOT NULL,
        speaker_id INTEGER REFERENCES voice (id) ON DELETE SET NULL,
        speaker_confidence REAL,
        language TEXT NOT NULL,
        confidence REAL NOT NULL,
        engine TEXT NOT NULL
    )
    """,
    # Every index ends in the row id, which makes each an ordered walk for (start_ns, id) pages.
    "CREATE INDEX line_by_start ON line (start_ns)",
    "CREATE INDEX line_by_stream ON line (stream_id, start_ns)",
    "CREATE INDEX line_by_speaker ON line (speaker_id, start_ns)",
    "CREATE INDEX line_by_stream_and_speaker ON line (stream_id, speaker_id, start_ns)",
    # Results are ordered by time, never by rank, so word counts per line are not kept.
    """
    CREATE VIRTUAL TABLE line_search USING fts5 (
        text,
        content='line',
        content_rowid='id',
        tokenize='unicode61 remove_diacritics 2',
        prefix='2 3',
        columnsize=0
    )
    """,
    """
    CREATE TRIGGER line_search_insert AFTER INSERT ON line BEGIN
        INSERT INTO line_search (rowid, text) VALUES (new.id, new.text);
    END
    """,
    """
    CREATE TRIGGER line_search_delete AFTER DELETE ON line BEGIN
        INSERT INTO line_search (line_search, rowid, text) VALUES ('delete', old.id, old.text);
    END
    """,
    """
    CREATE TRIGGER line_search_update AFTER UPDATE OF text ON line BEGIN
        INSERT INTO line_search (line_search, rowid, text) VALUES ('delete', old.id, old.text);
        INSERT INTO line_search (rowid, text) VALUES (new.id, new.text);
    END
    """,
    # No foreign keys: an event outlives the row it speaks of.
    """
    CREATE TABLE journal (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        line_id INTEGER,
        voice_id INTEGER,
        stream_id TEXT,
        at_ns INTEGER NOT NULL,
        payload TEXT
    )
    """,
    "CREATE TABLE value (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)",
)


def upgrade(database: SqliteDatabase) -> None:
    for statement in STATEMENTS:
        database.execute_sql(statement)
