"""Everything written so far into the database file itself, for a backup that copies it."""

from __future__ import annotations

import contextlib
from pathlib import Path

from wallflower.domain.errors import StoreError
from wallflower.store.connection import connect, explained


def checkpoint(path: Path) -> None:
    """Move what is still in the write-ahead log into the database at `path`; empty the log.

    A house may be using the database meanwhile; it waits at most a moment. Blocks. Raises
    `StoreError` when the file cannot be written, or when somebody held it for too long.
    """
    with explained(path), contextlib.closing(connect(path)) as database:
        (held, _pages, _moved) = database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if held:
        raise StoreError(
            f"The database {path.name} is being read or written without a pause; try the "
            "checkpoint again in a moment."
        )
