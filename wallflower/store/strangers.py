"""What people without a name sound like, where nothing of it may be kept.

Then it lives in memory until Wallflower stops. A transaction that needs it (a person names such a
voice, or looks at its lines) borrows it into the tables, and gives back, before it is committed,
what still belongs to strangers: on the disk is only what people with a name sound like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

from peewee import SqliteDatabase

from wallflower.store.connection import Connections

R = TypeVar("R")

LINES: Final = 300
"""So many of the youngest lines without a named speaker are remembered: about a megabyte."""

_Rows = dict[tuple[Any, ...], dict[str, Any]]

_TABLES: Final = {
    # Columns that tell rows apart, whose rows are strangers', and where they still belong.
    "voice_print": (
        ("voice_id", "encoder", "stream_id"),
        "voice_id NOT IN (SELECT id FROM voice WHERE known)",
        "EXISTS (SELECT 1 FROM voice WHERE id = ?)",
    ),
    "line_print": (
        ("line_id",),
        # Asked row by row: a list of all lines of known voices would be made for every new line.
        (
            "NOT EXISTS (SELECT 1 FROM line JOIN voice ON voice.id = line.speaker_id "
            "WHERE line.id = line_print.line_id AND voice.known)"
        ),
        "EXISTS (SELECT 1 FROM line WHERE id = ?)",
    ),
}


class Strangers:
    """Reads and writes of tables that hold prints go through here."""

    def __init__(self, connections: Connections, *, kept: bool) -> None:
        self._connections = connections
        self._kept = kept
        # Only ever touched by the writer's thread.
        self._rows: dict[str, _Rows] = {table: {} for table in _TABLES}

    async def read(self, work: Callable[[SqliteDatabase], R], *, lines: bool = False) -> R:
        """Run `work`, which sees what strangers sound like, too; their `lines` only if asked."""
        if self._kept:
            return await self._connections.read(work)

        def run(database: SqliteDatabase) -> R:
            self._lend(database, _TABLES if lines else ("voice_print",))
            return work(database)

        return await self._connections.rehearse(run)

    async def write(self, work: Callable[[SqliteDatabase], R], *, lend: bool = False) -> R:
        """Run `work` in one transaction; `lend`: it sees what strangers sound like."""
        if self._kept:
            return await self._connections.write(work)
        taken: dict[str, _Rows] = {}

        def run(database: SqliteDatabase) -> R:
            # Without a loan, only what `work` adds can be strangers'.
            after = {table: 0 if lend else _newest(database, table) for table in _TABLES}
            if lend:
                self._lend(database, _TABLES)
            result = work(database)
            taken.update(self._taken_back(database, after, lent=lend))
            return result

        return await self._connections.write(run, committed=lambda: self._rows.update(taken))

    def _lend(self, database: SqliteDatabase, tables: Iterable[str]) -> None:
        for table in tables:
            _, _, there = _TABLES[table]
            for key, row in self._rows[table].items():
                # Lines and voices may have gone since.
                database.execute_sql(
                    f"INSERT OR IGNORE INTO {table} ({', '.join(row)}) "
                    f"SELECT {', '.join('?' * len(row))} WHERE {there}",
                    (*row.values(), key[0]),
                )

    def _taken_back(
        self, database: SqliteDatabase, after: Mapping[str, int], *, lent: bool
    ) -> dict[str, _Rows]:
        """What is strangers' among the rows above `after`, which are deleted, and all else of it.

        By table, as it is to be remembered once this is committed.
        """
        remembered = {}
        for table, (key, strange, _) in _TABLES.items():
            which = f"FROM {table} WHERE rowid > ? AND {strange}"
            found = database.execute_sql(f"SELECT * {which}", (after[table],))
            names = [column[0] for column in found.description]
            rows: _Rows = {} if lent else dict(self._rows[table])
            for values in found.fetchall():
                row = dict(zip(names, values, strict=True))
                # Another row may have the id of a row that was given back.
                row.pop("id", None)
                rows[tuple(row[name] for name in key)] = row
            database.execute_sql(f"DELETE {which}", (after[table],))
            remembered[table] = rows
        remembered["line_print"] = dict(sorted(remembered["line_print"].items())[-LINES:])
        _forget(database, "sample")
        if lent:
            # Of voices that are gone, too: an undo would bring them back.
            _forget(database, "correction_print")
        return remembered


def _newest(database: SqliteDatabase, table: str) -> int:
    query = f"SELECT coalesce(max(rowid), 0) FROM {table}"  # noqa: S608
    return int(database.execute_sql(query).fetchone()[0])


def _forget(database: SqliteDatabase, table: str) -> int:
    """Delete rows of voices that nobody named; how many that were."""
    strange = "voice_id NOT IN (SELECT id FROM voice WHERE known)"
    return int(database.execute_sql(f"DELETE FROM {table} WHERE {strange}").rowcount)  # noqa: S608


def forget_strangers(database: SqliteDatabase) -> int:
    """Delete what people who are not named sound like; how many rows that were."""
    gone = sum(_forget(database, table) for table in ("sample", "correction_print"))
    for table, (_, strange, _) in _TABLES.items():
        gone += database.execute_sql(f"DELETE FROM {table} WHERE {strange}").rowcount  # noqa: S608
    return gone
