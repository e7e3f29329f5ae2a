"""From what SQLite and the file system say to what we say. Pure."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from wallflower.domain.errors import DatabaseDamaged, DiskFull, StoreError

NO_SPACE_BYTES: Final = 1 << 20
"""With less than this left, a failed write is taken for a full disk."""

_PRIMARY: Final = 0xFF
"""The low byte of SQLite's extended result codes is the plain one."""

_FULL: Final = {errno.ENOSPC, errno.EDQUOT}


def explain(error: Exception, path: Path, free_bytes: int | None) -> StoreError | None:
    """Our error for one that happened to the database at `path`; None when it is a bug of ours.

    `free_bytes` is the space left where `path` lies, as far as it is known.
    """
    if isinstance(error, OSError):
        return disk_full(path, error) if error.errno in _FULL else unwritable(path, error)
    code = sqlite_code(error)
    if code is None:
        return None
    primary = code & _PRIMARY
    if primary == sqlite3.SQLITE_IOERR and free_bytes is not None and free_bytes < NO_SPACE_BYTES:
        primary = sqlite3.SQLITE_FULL
    sentence = _SENTENCES.get(primary)
    return sentence and sentence(path, error)


def sqlite_code(error: BaseException) -> int | None:
    """SQLite's extended result code behind `error`, if SQLite raised it."""
    # peewee's errors hold SQLite's own as `orig`.
    error = getattr(error, "orig", error)
    code = getattr(error, "sqlite_errorcode", None)
    return code if isinstance(code, int) else None


def disk_full(path: Path, _error: object = None) -> DiskFull:
    return DiskFull(
        f"The disk that holds {path.name} is full; free some space and Wallflower goes on."
    )


def damaged(path: Path, reason: object) -> DatabaseDamaged:
    return DatabaseDamaged(
        f"The database {path.name} is damaged ({reason}); restart Wallflower to have it repaired."
    )


def unwritable(path: Path, _error: object = None) -> StoreError:
    return StoreError(
        f"The database {path} cannot be written; check that its folder exists and belongs to the "
        "user Wallflower runs as."
    )


def busy(path: Path, _error: object = None) -> StoreError:
    return StoreError(
        f"The database {path.name} is in use by another program; "
        "stop a second Wallflower on the same folder."
    )


def broken_disk(path: Path, reason: object) -> StoreError:
    return StoreError(
        f"The disk that holds {path.name} cannot be read or written ({reason}); check the disk."
    )


_SENTENCES: Final[dict[int, Callable[[Path, object], StoreError]]] = {
    sqlite3.SQLITE_FULL: disk_full,
    sqlite3.SQLITE_IOERR: broken_disk,
    sqlite3.SQLITE_CORRUPT: damaged,
    sqlite3.SQLITE_NOTADB: damaged,
    sqlite3.SQLITE_FORMAT: damaged,
    sqlite3.SQLITE_READONLY: unwritable,
    sqlite3.SQLITE_CANTOPEN: unwritable,
    sqlite3.SQLITE_PERM: unwritable,
    sqlite3.SQLITE_AUTH: unwritable,
    sqlite3.SQLITE_BUSY: busy,
    sqlite3.SQLITE_LOCKED: busy,
}
"""By SQLite's plain result code. Any other code means that our own query is wrong."""
