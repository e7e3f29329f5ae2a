from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import peewee
import pytest

from wallflower.domain.errors import DatabaseDamaged, DiskFull, StoreError
from wallflower.store.failures import explain

PATH = Path("/data/wallflower.db")
ROOMY = 1 << 40


def of_sqlite(code: int) -> peewee.OperationalError:
    original = sqlite3.OperationalError("what SQLite says")
    original.sqlite_errorcode = code
    return peewee.OperationalError(original, *original.args)


@pytest.mark.parametrize(
    ("code", "free_bytes", "kind", "says"),
    [
        (sqlite3.SQLITE_FULL, ROOMY, DiskFull, "free some space"),
        (sqlite3.SQLITE_IOERR_WRITE, 0, DiskFull, "free some space"),
        (sqlite3.SQLITE_IOERR_WRITE, ROOMY, StoreError, "check the disk"),
        (sqlite3.SQLITE_IOERR_READ, None, StoreError, "check the disk"),
        (sqlite3.SQLITE_CORRUPT, ROOMY, DatabaseDamaged, "restart Wallflower"),
        (sqlite3.SQLITE_CORRUPT_VTAB, ROOMY, DatabaseDamaged, "restart Wallflower"),
        (sqlite3.SQLITE_NOTADB, ROOMY, DatabaseDamaged, "restart Wallflower"),
        (sqlite3.SQLITE_READONLY, ROOMY, StoreError, "check that its folder"),
        (sqlite3.SQLITE_READONLY_DBMOVED, ROOMY, StoreError, "check that its folder"),
        (sqlite3.SQLITE_CANTOPEN, ROOMY, StoreError, "check that its folder"),
        (sqlite3.SQLITE_BUSY, ROOMY, StoreError, "in use by another program"),
        (sqlite3.SQLITE_LOCKED, ROOMY, StoreError, "in use by another program"),
    ],
)
def test_sqlite_s_codes(
    code: int, free_bytes: int | None, kind: type[StoreError], says: str
) -> None:
    error = explain(of_sqlite(code), PATH, free_bytes)
    assert type(error) is kind
    assert says in str(error)
    assert "wallflower.db" in str(error)


@pytest.mark.parametrize(
    ("code", "kind"),
    [(errno.ENOSPC, DiskFull), (errno.EDQUOT, DiskFull), (errno.EACCES, StoreError)],
)
def test_the_file_system_s_codes(code: int, kind: type[StoreError]) -> None:
    assert type(explain(OSError(code, "why"), PATH, ROOMY)) is kind


def test_mistakes_of_ours_are_not_explained_away() -> None:
    assert explain(of_sqlite(sqlite3.SQLITE_ERROR), PATH, ROOMY) is None
    assert explain(of_sqlite(sqlite3.SQLITE_CONSTRAINT_NOTNULL), PATH, ROOMY) is None
    assert explain(ValueError("ours"), PATH, ROOMY) is None
