"""Which table a row out of nowhere belongs to, and whether it makes sense there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from peewee import SqliteDatabase

from wallflower.store.models import Kind
from wallflower.store.rows.lines import unpack_words
from wallflower.store.rows.plain import folded
from wallflower.store.rows.prints import prints_from
from wallflower.store.salvage.records import Value

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "INTEGER": (int,),
    "REAL": (float, int),  # SQLite keeps whole numbers as integers
    "TEXT": (str,),
    "BLOB": (bytes,),
}


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str
    nullable: bool
    is_row_id: bool
    """Stored as NULL; the value is the row id."""
    default: Value = None
    """Of a column added later, which rows written before lack; None: no row lacks it."""

    def takes(self, value: Value) -> bool:
        if value is None:
            return self.nullable or self.is_row_id
        return not self.is_row_id and isinstance(value, _TYPES[self.type])


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as its schema declares it. No two of ours take the same rows."""

    table: str
    columns: tuple[Column, ...]

    def row(self, row_id: int, values: Sequence[Value]) -> dict[str, Any] | None:
        """The row by column name, mended where it can be; None when it is not of this table."""
        values = (*values, *(column.default for column in self.columns[len(values) :]))
        if len(values) != len(self.columns):
            return None
        pairs = list(zip(self.columns, values, strict=True))
        if not all(column.takes(value) for column, value in pairs):
            return None
        row: dict[str, Any] = {
            column.name: row_id if column.is_row_id else value for column, value in pairs
        }
        mend = _MEND.get(self.table)
        return row if mend is None else mend(row)


def shape_of(table: str, database: SqliteDatabase) -> Shape:
    """The shape of `table` in `database`."""
    if table == "sqlite_sequence":
        # SQLite's own, declared without types.
        name = Column("name", "TEXT", nullable=False, is_row_id=False)
        highest = Column("seq", "INTEGER", nullable=False, is_row_id=False)
        return Shape(table, (name, highest))
    info = database.execute_sql(f"PRAGMA table_info({table})").fetchall()
    columns = tuple(
        Column(
            name,
            type_name,
            nullable=not (not_null or in_key),
            is_row_id=bool(in_key) and type_name == "INTEGER",
            default=None if default is None else int(default),
        )
        for _, name, type_name, not_null, default, in_key in info
    )
    return Shape(table, columns)


def _mend_line(row: dict[str, Any]) -> dict[str, Any]:
    try:
        unpack_words(row["words"])
    except (ValueError, TypeError):
        row["words"] = "[]"
    return row


def _mend_named(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"name_folded": folded(row["name"])}


def _mend_voice_print(row: dict[str, Any]) -> dict[str, Any] | None:
    size = len(row["embedding"])
    return row if size and size % 4 == 0 else None


def _mend_line_print(row: dict[str, Any]) -> dict[str, Any] | None:
    try:
        prints_from(row)
    except ValueError:
        return None
    return row


_TOLD: Final[Mapping[str, frozenset[str]]] = {
    Kind.SPEAKER_RENAMED: frozenset({"name", "known"}),
    Kind.SPEAKER_MERGED: frozenset({"into"}),
    Kind.SPEAKER_FORGOTTEN: frozenset(),
}
"""What the payload of events about voices must hold."""


def _mend_journal(row: dict[str, Any]) -> dict[str, Any] | None:
    if row["kind"] not in _TOLD:
        about_line = row["line_id"] is not None and row["stream_id"] is not None
        return row if about_line and row["kind"] in set(Kind) else None
    if row["voice_id"] is None:
        return None
    try:
        told = json.loads(row["payload"] or "{}")
    except ValueError:
        return None
    return row if isinstance(told, dict) and _TOLD[row["kind"]] <= told.keys() else None


_MEND: Final[Mapping[str, Callable[[dict[str, Any]], dict[str, Any] | None]]] = {
    "line": _mend_line,
    "stream": _mend_named,
    "voice": _mend_named,
    "voice_print": _mend_voice_print,
    "line_print": _mend_line_print,
    "journal": _mend_journal,
}
