"""Whether a database can be trusted, asked before anything may change it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from peewee import DatabaseError

from wallflower.domain.errors import DatabaseDamaged
from wallflower.store.connection import connect
from wallflower.store.failures import explain
from wallflower.store.files import mark_of, page_size_of, wal_of
from wallflower.store.salvage.wal import read_log

CHECK_BYTES: Final = 256 << 20
"""Up to this size, some 600,000 lines, looking at every page takes a second or so of the start."""

_SMALLEST_PAGE: Final = 512


def find_damage(path: Path) -> str | None:
    """What is wrong with the database at `path`, in a few words; None: nothing that shows.

    Reads every page, or only the schema of a file past `CHECK_BYTES` that was closed properly:
    damage in there shows when it is read. Changes nothing. Blocks. Raises peewee's errors and
    `OSError` when the file cannot be read for other reasons.
    """
    if mark_of(path).exists():
        return "it could not be read while in use"
    log = read_log(wal_of(path), page_size_of(path))
    if log.damaged:
        return "its log is broken in the middle"
    size = path.stat().st_size if path.exists() else 0
    if size == 0:
        # SQLite would throw such a log away.
        return "it is gone but its log is not" if log.frames else None
    # SQLite would take a file shorter than its smallest page for an empty one.
    if size < _SMALLEST_PAGE:
        return "it is too short for a database"
    closed_properly = not wal_of(path).exists()
    return _fault(path, every_page=size <= CHECK_BYTES or not closed_properly)


def _fault(path: Path, *, every_page: bool) -> str | None:
    query = "PRAGMA quick_check(1)" if every_page else "SELECT 'ok' FROM sqlite_schema"
    try:
        database = connect(path, read_only=True)
        try:
            (verdict,) = database.execute_sql(query).fetchone() or ("it has no tables",)
        finally:
            database.close()
    except DatabaseError as error:
        reason = explain(error, path, None)
        if reason is None or isinstance(reason, DatabaseDamaged):
            return str(error)
        raise
    return None if verdict == "ok" else str(verdict)
