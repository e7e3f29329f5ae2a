"""Everything Wallflower must not forget, in one SQLite file."""

from __future__ import annotations

from pathlib import Path

from peewee import SqliteDatabase

from wallflower.runtime.clock import Clock
from wallflower.store.connection import Connections
from wallflower.store.failures import damaged
from wallflower.store.journal import Journal
from wallflower.store.lines import LineTable
from wallflower.store.migrations import migrate
from wallflower.store.streams import StreamTable
from wallflower.store.values import ValueTable, keep
from wallflower.store.voices import VoiceTable


class Store:
    """Made by `open`. May be used from one event loop; nothing here blocks it.

    Methods that change something return once it is in the file, with the event that tells of
    it; publishing that event is the caller's part. All raise `StoreError` or one of its kinds
    when the file cannot be read or written, and have changed nothing then.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._connections = Connections(path)
        self.streams = StreamTable(self._connections)
        self.lines = LineTable(self._connections, clock)
        self.voices = VoiceTable(self._connections, clock)
        self.journal = Journal(self._connections)
        self.values = ValueTable(self._connections)
        self.damage: str | None = None
        """What happened to a damaged database, in a sentence for people; None: nothing."""

    @classmethod
    async def open(cls, path: Path, *, clock: Clock) -> Store:
        """Open or make the database at `path` and bring it to the newest schema."""
        store = cls(path, clock)
        try:
            await store._connections.open(store._prepare)
        except BaseException:
            await store._connections.close()
            raise
        return store

    async def close(self) -> None:
        """Wait for what is being written, move the log into the database, let go of it."""
        await self._connections.close()

    async def check(self) -> None:
        """Read everything and write a little. Raises when either fails. Takes its time."""

        def read(database: SqliteDatabase) -> None:
            (verdict,) = database.execute_sql("PRAGMA integrity_check(1)").fetchone()
            if verdict != "ok":
                raise damaged(self._path, str(verdict))

        def write(database: SqliteDatabase) -> None:
            keep(database, "store.checked", self._clock.wall().iso())

        await self._connections.read(read)
        await self._connections.write(write)

    def _prepare(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        migrate(self._path, self._clock.wall())
