"""Everything Wallflower must not forget, in one SQLite file."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import Final

from peewee import SqliteDatabase

from wallflower.domain.errors import StoreError
from wallflower.runtime.clock import Clock
from wallflower.store.connection import Connections
from wallflower.store.damage import find_damage
from wallflower.store.failures import damaged
from wallflower.store.journal import Journal
from wallflower.store.lines import LineTable
from wallflower.store.migrations import migrate
from wallflower.store.people import PeopleTable
from wallflower.store.salvage import salvage
from wallflower.store.strangers import Strangers, forget_strangers
from wallflower.store.streams import StreamTable
from wallflower.store.values import ValueTable, keep
from wallflower.store.voices import VoiceTable

OLDEST_SQLITE: Final = (3, 35, 0)
"""What DROP COLUMN and upserts without a target need; SQLite comes with Python."""

_log = logging.getLogger(__name__)


class Store:
    """Made by `open`. May be used from one event loop; nothing here blocks it.

    Methods that change something return once it is in the file, with the event that tells of
    it; publishing that event is the caller's part. All raise `StoreError` or one of its kinds
    when the file cannot be read or written, and have changed nothing then.
    """

    def __init__(self, path: Path, clock: Clock, *, keep_unknown: bool = True) -> None:
        self._path = path
        self._clock = clock
        self._connections = Connections(path)
        strangers = Strangers(self._connections, kept=keep_unknown)
        self.streams = StreamTable(self._connections)
        self.lines = LineTable(self._connections, strangers, clock)
        self.voices = VoiceTable(strangers, clock)
        self.people = PeopleTable(self._connections, strangers, clock)
        self.journal = Journal(self._connections)
        self.values = ValueTable(self._connections)
        self.damage: str | None = None
        """What happened to a damaged database, in a sentence for people; None: nothing."""

    @classmethod
    async def open(cls, path: Path, *, clock: Clock, keep_unknown: bool = True) -> Store:
        """Open or make the database at `path` and bring it to the newest schema.

        Unless `keep_unknown`, what people without a name sound like stays in memory only; what
        was kept of them before is deleted now.

        What can be read of a damaged one goes into a new one first; see `damage`. Raises
        `StoreError` when the folder cannot be written or the schema is of a newer Wallflower
        or SQLite of an older time, `DiskFull` when there is no room.
        """
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise StoreError(
                f"SQLite {sqlite3.sqlite_version} is too old, Wallflower needs 3.35 or newer; use "
                "a Python that brings it along (uv python install 3.11)."
            )
        store = cls(path, clock, keep_unknown=keep_unknown)
        try:
            await store._connections.open(store._prepare)
            if not keep_unknown:
                gone = await store._connections.write(forget_strangers)
                if gone:
                    await store._connections.scrub()
        except BaseException:
            await store._connections.close()
            raise
        return store

    async def close(self) -> None:
        """Wait for what is being written, move the log into the database, let go of it."""
        await self._connections.close()

    async def repair(self) -> None:
        """Put a new database with all that can be read in the place of one damaged in use.

        Meanwhile other calls raise `StoreError`. `damage` tells the outcome.
        """
        await self._connections.disconnect()
        await self._connections.open(lambda: self._prepare("it could not be read while in use"))

    async def check(self) -> None:
        """Read everything and write a little. Raises when either fails. Takes its time."""

        def read(database: SqliteDatabase) -> None:
            (verdict,) = database.execute_sql("PRAGMA integrity_check(1)").fetchone()
            if verdict != "ok":
                raise damaged(self._path, str(verdict))

        def write(database: SqliteDatabase) -> None:
            # Compares the search index with the lines.
            database.execute_sql(
                "INSERT INTO line_search (line_search, rank) VALUES ('integrity-check', 1)"
            )
            keep(database, "store.checked", self._clock.wall().iso())

        await self._connections.read(read)
        await self._connections.write(write)

    def _prepare(self, damage: str | None = None) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        reason = damage or find_damage(self._path)
        if reason is not None:
            _log.error("%s is damaged: %s", self._path, reason)
            self.damage = salvage(self._path, self._clock.wall())
            _log.error("%s", self.damage)
        migrate(self._path, self._clock.wall())
