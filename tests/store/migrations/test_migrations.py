from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import Model, OperationalError, SqliteDatabase

from wallflower.domain.errors import StoreError
from wallflower.domain.times import WallTime
from wallflower.store import models
from wallflower.store.connection import connect
from wallflower.store.migrations import Migration, known, migrate

NOW = WallTime.from_iso("2026-03-01T12:00:00Z")


def add_mood(database: SqliteDatabase) -> None:
    database.execute_sql("ALTER TABLE line ADD COLUMN mood TEXT")


def fail_half_way(database: SqliteDatabase) -> None:
    add_mood(database)
    database.execute_sql("ALTER TABLE nowhere ADD COLUMN mood TEXT")


LATER = (*known(), Migration(99, "0099_add_mood", add_mood))


@pytest.fixture
def database(path: Path) -> Iterator[SqliteDatabase]:
    migrate(path, NOW)
    database = connect(path)
    yield database
    database.close()


def columns(path: Path, table: str) -> set[str]:
    connection = sqlite3.connect(path)
    found = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    connection.close()
    return found


def test_steps_are_numbered_without_gaps() -> None:
    assert [step.version for step in known()] == list(range(1, len(known()) + 1))


def test_an_empty_file_gets_every_step_and_no_backup(path: Path) -> None:
    assert migrate(path, NOW) is None
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT * FROM schema_version").fetchall()
    connection.close()
    assert rows == [(step.version, step.name, NOW.ns) for step in known()]
    assert migrate(path, NOW) is None
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("model", Model.__subclasses__())
def test_models_and_migrations_agree(database: SqliteDatabase, model: type[Model]) -> None:
    assert model.__module__ == models.__name__
    meta = model._meta
    info = database.execute_sql(f"PRAGMA table_info({meta.table_name})").fetchall()
    nullable = {name: not (not_null or in_key) for _, name, _, not_null, _, in_key in info}
    assert nullable == {field.column_name: field.null for field in meta.sorted_fields}


def test_what_is_there_is_copied_before_it_is_changed(path: Path) -> None:
    migrate(path, NOW)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("INSERT INTO value VALUES ('house.listening', 'on')")
    connection.close()

    backup = migrate(path, NOW, LATER)
    assert backup is not None
    assert backup.name == f"wallflower.db.schema-{len(known())}-20260301T120000Z"
    assert "mood" in columns(path, "line")
    assert "mood" not in columns(backup, "line")
    connection = sqlite3.connect(backup)
    assert connection.execute("SELECT * FROM value").fetchall() == [("house.listening", "on")]
    connection.close()


def test_a_step_that_fails_changes_nothing(path: Path) -> None:
    migrate(path, NOW)
    with pytest.raises(OperationalError, match="nowhere"):
        migrate(path, NOW, (*known(), Migration(99, "0099_fail", fail_half_way)))
    assert "mood" not in columns(path, "line")
    migrate(path, NOW, LATER)
    assert "mood" in columns(path, "line")


def test_a_newer_schema_is_refused_and_left_alone(path: Path) -> None:
    migrate(path, NOW, LATER)
    with pytest.raises(
        StoreError, match=rf"schema 99, but this Wallflower knows only {len(known())}: install"
    ):
        migrate(path, NOW)
    assert "mood" in columns(path, "line")


def test_a_database_of_another_program_is_refused(path: Path) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("CREATE TABLE states (id INTEGER)")
    connection.close()
    with pytest.raises(StoreError, match="another program"):
        migrate(path, NOW)
