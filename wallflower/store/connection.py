"""The only two threads that touch SQLite: one writes, one reads."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote

from peewee import DatabaseError, SqliteDatabase

from wallflower.domain.errors import DatabaseDamaged, StoreError
from wallflower.runtime.workers import Workers
from wallflower.store.failures import busy, explain
from wallflower.store.files import PAGE_SIZE, mark_of

R = TypeVar("R")

BUSY_TIMEOUT_S: Final = 5
"""How long to wait for another program (a backup, say) that holds the file."""

_PRAGMAS: Final = {
    "page_size": PAGE_SIZE,
    "journal_mode": "wal",
    # With WAL, NORMAL survives any crash of ours and never damages the file; only a power cut can
    # take the last moments. FULL would wait for the disk on every sentence: 10 ms and more, and
    # wear, on the SD cards and eMMC this runs on.
    "synchronous": "normal",
    "foreign_keys": "on",
    # What people delete is overwritten with zeros; salvage relies on that, too.
    "secure_delete": "on",
    "cache_size": -8192,
    "temp_store": "memory",
    # Without a limit, one large transaction would leave its log that large for ever.
    "journal_size_limit": 16 << 20,
}
_READER_PRAGMAS: Final = {"cache_size": -8192, "temp_store": "memory"}


def connect(path: Path, *, read_only: bool = False) -> SqliteDatabase:
    """An open connection for the calling thread. Raises peewee's errors; blocks."""
    if read_only:
        database = SqliteDatabase(
            f"file:{quote(str(path))}?mode=ro",
            pragmas=_READER_PRAGMAS,
            timeout=BUSY_TIMEOUT_S,
            thread_safe=False,
            autoconnect=False,
            uri=True,
        )
    else:
        database = SqliteDatabase(
            str(path),
            pragmas=_PRAGMAS,
            timeout=BUSY_TIMEOUT_S,
            thread_safe=False,
            autoconnect=False,
        )
    database.connect()
    return database


@contextlib.contextmanager
def transaction(database: SqliteDatabase) -> Iterator[None]:
    """All or nothing. Unlike peewee's, it keeps the first error.

    On a full disk SQLite may have rolled back by itself, and a second ROLLBACK is an error that
    would hide the real one.
    """
    database.execute_sql("BEGIN IMMEDIATE")
    try:
        yield
        database.execute_sql("COMMIT")
    except BaseException:
        if database.connection().in_transaction:
            database.execute_sql("ROLLBACK")
        raise


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's and the file system's errors inside into `StoreError` and its kinds.

    Damage leaves a mark beside the file, so that the next start repairs even what a check of the
    pages does not see (the search index, say).
    """
    try:
        yield
    except DatabaseDamaged:
        _leave(mark_of(path))
        raise
    except (DatabaseError, OSError) as error:
        if (reason := explain(error, path, _free_bytes(path))) is None:
            raise
        if isinstance(reason, DatabaseDamaged):
            _leave(mark_of(path))
        raise reason from error


def _leave(mark: Path) -> None:
    # On a full or broken disk there is no mark; the damage itself is what must be told.
    with contextlib.suppress(OSError):
        mark.touch()


def _free_bytes(path: Path) -> int | None:
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return None


class Connections:
    """Runs work on the writer's or the reader's thread, each with a connection of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer = Workers("store-writer")
        self._reader = Workers("store-reader")
        self._writing: SqliteDatabase | None = None
        self._reading: SqliteDatabase | None = None
        self._closed = False

    async def open(self, prepare: Callable[[], R]) -> R:
        """Run `prepare` on the writer's thread, then connect both. Raises `StoreError`."""

        def writer() -> R:
            with explained(self.path):
                result = prepare()
                self._writing = connect(self.path)
                return result

        def reader() -> None:
            with explained(self.path):
                self._reading = connect(self.path, read_only=True)

        result = await self._writer.run(writer)
        await self._reader.run(reader)
        return result

    async def write(
        self, work: Callable[[SqliteDatabase], R], *, committed: Callable[[], None] | None = None
    ) -> R:
        """Run `work` in one transaction; when this returns, it is in the file.

        `committed` is told on the writer's thread as soon as that is so, before any other write.
        Raises `DiskFull`, `DatabaseDamaged` or `StoreError`, and then nothing was changed.
        """

        def run() -> R:
            with explained(self.path):
                database = _opened(self._writing)
                with transaction(database):
                    result = work(database)
                if committed is not None:
                    committed()
                return result

        return await self._run(self._writer, run)

    async def rehearse(self, work: Callable[[SqliteDatabase], R]) -> R:
        """Run `work` in a transaction that is rolled back: nothing reaches the file.

        Raises as `write`.
        """

        def run() -> R:
            with explained(self.path):
                database = _opened(self._writing)
                database.execute_sql("BEGIN IMMEDIATE")
                try:
                    return work(database)
                finally:
                    if database.connection().in_transaction:
                        database.execute_sql("ROLLBACK")

        return await self._run(self._writer, run)

    async def read(self, work: Callable[[SqliteDatabase], R]) -> R:
        """Run `work`, which sees everything written before. Raises as `write`."""

        def run() -> R:
            with explained(self.path):
                return work(_opened(self._reading))

        return await self._run(self._reader, run)

    async def scrub(self) -> None:
        """Rewrite the file, so that nothing deleted is left in its gaps or in the log.

        Needs as much room on the disk as the database takes. Raises as `write`, also while
        another program reads the log.
        """

        def run() -> None:
            with explained(self.path):
                database = _opened(self._writing)
                # In memory, the copy of a large database would take all of it.
                database.execute_sql("PRAGMA temp_store = default")
                try:
                    database.execute_sql("VACUUM")
                finally:
                    database.execute_sql(f"PRAGMA temp_store = {_PRAGMAS['temp_store']}")
                (blocked, *_) = database.execute_sql("PRAGMA wal_checkpoint(truncate)").fetchone()
                if blocked:
                    raise busy(self.path)

        await self._run(self._writer, run)

    async def _run(self, workers: Workers, work: Callable[[], R]) -> R:
        if self._closed:
            raise _closed()
        return await workers.run(work)

    async def disconnect(self) -> None:
        """Move the log into the database and let go of the file; `open` may follow."""
        reading, self._reading = self._reading, None
        writing, self._writing = self._writing, None

        def end(database: SqliteDatabase) -> None:
            with explained(self.path):
                database.close()

        # SQLite checkpoints and removes the log when the last connection closes, so the writer
        # goes last.
        if reading is not None:
            await self._reader.run(end, reading)
        if writing is not None:
            await self._writer.run(end, writing)

    async def close(self) -> None:
        """`disconnect`, and end the threads."""
        self._closed = True
        try:
            await self.disconnect()
        finally:
            # Joining a thread blocks, if only for a moment.
            await asyncio.to_thread(self._reader.close)
            await asyncio.to_thread(self._writer.close)


def _opened(database: SqliteDatabase | None) -> SqliteDatabase:
    if database is None:
        raise _closed()
    return database


def _closed() -> StoreError:
    return StoreError("The store is closed; start Wallflower again.")
