"""Numbered steps from an empty file to today's schema, each applied once.

A step is a module `NNNN_what_it_does.py` with `upgrade(database)`. Steps are never changed once
released; a database remembers those it has had in its table `schema_version`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from peewee import SqliteDatabase

from wallflower.domain.errors import StoreError
from wallflower.domain.times import WallTime
from wallflower.store.connection import connect, transaction
from wallflower.store.files import beside


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    upgrade: Callable[[SqliteDatabase], None]


def known() -> tuple[Migration, ...]:
    """The steps of this program, in order."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(
        Migration(int(name[:4]), name, importlib.import_module(f"{__name__}.{name}").upgrade)
        for name in names
    )


def migrate(path: Path, now: WallTime, steps: Sequence[Migration] | None = None) -> Path | None:
    """Bring the database at `path` to the newest schema, in one transaction. Blocks.

    A database that holds something already is copied first; the copy's path is returned.
    Raises `StoreError` for a newer schema or a database of another program.
    """
    steps = known() if steps is None else steps
    database = connect(path)
    try:
        version = _version(database, path)
        newest = steps[-1].version
        if version > newest:
            raise StoreError(
                f"The database {path.name} has schema {version}, but this Wallflower knows only "
                f"{newest}: install the newer version again or restore an older backup."
            )
        missing = [step for step in steps if step.version > version]
        backup = _back_up(database, path, version, now) if missing and version else None
        if missing:
            _apply(database, missing, now)
        return backup
    finally:
        database.close()


def _version(database: SqliteDatabase, path: Path) -> int:
    """0 for an empty file."""
    tables = database.get_tables()
    if not tables:
        return 0
    if "schema_version" not in tables:
        raise StoreError(
            f"The file {path.name} is a database of another program; "
            "point Wallflower at a file of its own."
        )
    (version,) = database.execute_sql("SELECT max(version) FROM schema_version").fetchone()
    return int(version or 0)


def _back_up(database: SqliteDatabase, path: Path, version: int, now: WallTime) -> Path:
    backup = beside(path, f"schema-{version}", now)
    database.execute_sql("VACUUM INTO ?", (str(backup),))
    return backup


def _apply(database: SqliteDatabase, steps: Sequence[Migration], now: WallTime) -> None:
    with transaction(database):
        database.execute_sql(
            "CREATE TABLE IF NOT EXISTS schema_version "
            "(version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_ns INTEGER NOT NULL)"
        )
        for step in steps:
            step.upgrade(database)
            database.execute_sql(
                "INSERT INTO schema_version (version, name, applied_ns) VALUES (?, ?, ?)",
                (step.version, step.name, now.ns),
            )
