"""A new database out of rows that were found, made whole again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from wallflower.domain.times import WallTime
from wallflower.store.connection import connect, transaction
from wallflower.store.journal import heir_of
from wallflower.store.models import Kind
from wallflower.store.rows.names import LAST_NUMBER
from wallflower.store.rows.voices import found_voice, heard_at
from wallflower.store.salvage.older import older_voice
from wallflower.store.salvage.remains import Remains, Row
from wallflower.store.salvage.shapes import shape_of
from wallflower.store.values import keep

TABLES: Final = (
    "stream", "voice", "voice_print", "sample", "line", "line_print", "journal", "value",
    "sqlite_sequence",
)  # fmt: skip
"""All but what people decided: that stands in voices and lines, and only its undoing is lost."""
NUMBERED: Final = ("voice", "line", "journal")
"""Tables whose ids must never come back. What they lost in a log's newest page may stand in an
older version of it; lines and voices gone since are known from the journal. Not so the others: a
camera somebody removed must not listen again."""

LEAP: Final = 1_000_000
"""How far ids go on from the highest seen where the highest given is not known."""

BATCH: Final = 2000

_NUMBERED_NAME: Final = re.compile(r"Voice ([0-9]{1,9})")


class Rebuild:
    """Fills the empty database at `path`. Blocks; raises peewee's errors."""

    def __init__(self, path: Path) -> None:
        self._database = connect(path)
        # Lines may come before their voices.
        self._database.execute_sql("PRAGMA foreign_keys = OFF")
        self._shapes = tuple(shape_of(table, self._database) for table in TABLES)
        self._sequences: Counter[str] = Counter()
        self._taken: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def take(self, remains: Remains) -> None:
        self._insert(remains.rows())
        missing = [table for table in TABLES if not self._taken[table]]
        self._insert(remains.older_rows(), only={*NUMBERED, *missing})

    def finish(self) -> str:
        """Settle what the rows say of each other; tell what was found."""
        with transaction(self._database):
            self._database.execute_sql(
                "DELETE FROM line WHERE id IN (SELECT line_id FROM journal WHERE kind = ?)",
                (Kind.LINE_DELETED,),
            )
            self._leave_out_gone_voices()
            self._never_reuse_ids()
            self._never_reuse_numbers()
            self._replace_lost_voices()
            self._leave_out_strays()
        lines, voices, streams = (self._count(table) for table in ("line", "voice", "stream"))
        return f"{lines} lines, {voices} voices and {streams} streams"

    def _insert(self, rows: Iterator[Row], only: Iterable[str] = TABLES) -> None:
        shapes = [shape for shape in self._shapes if shape.table in only]
        while batch := list(islice(rows, BATCH)):
            with transaction(self._database):
                for row_id, values in batch:
                    for shape in shapes:
                        if (row := shape.row(row_id, values)) is not None:
                            self._keep(shape.table, row)
                    if "voice" in only and (older := older_voice(row_id, values)) is not None:
                        for table, row in older.items():
                            self._keep(table, row)

    def _keep(self, table: str, row: dict[str, Any]) -> None:
        self._taken[table] += 1
        if table == "sqlite_sequence":
            self._sequences[row["name"]] = max(self._sequences[row["name"]], row["seq"])
            return
        places = ", ".join("?" * len(row))
        # The first found is the newest; the rest are older versions of the same.
        self._database.execute_sql(
            f"INSERT OR IGNORE INTO {table} ({', '.join(row)}) VALUES ({places})",  # noqa: S608
            tuple(row.values()),
        )

    def _never_reuse_ids(self) -> None:
        for table in NUMBERED:
            known = self._sequences[table]
            highest = self._highest_id(table)
            if not self._sequences:
                known = highest and highest + LEAP
            self._database.execute_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
            self._database.execute_sql(
                "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)",
                (table, max(known, highest)),
            )

    def _leave_out_gone_voices(self) -> None:
        """Those whose last event says that they were merged or forgotten."""
        gone = self._database.execute_sql(
            "SELECT voice_id FROM ("
            "SELECT voice_id, kind, max(id) FROM journal WHERE voice_id IS NOT NULL "
            "GROUP BY voice_id) WHERE kind IN (?, ?)",
            (Kind.SPEAKER_MERGED, Kind.SPEAKER_FORGOTTEN),
        ).fetchall()
        for voice in gone:
            self._database.execute_sql("DELETE FROM voice WHERE id = ?", voice)
        for (voice_id,) in gone:
            self._database.execute_sql(
                "UPDATE line SET speaker_id = ? WHERE speaker_id = ?",
                (heir_of(self._database, voice_id), voice_id),
            )

    def _leave_out_strays(self) -> None:
        """Prints and samples of lines and voices that are not there."""
        for table, owner in (("voice_print", "voice"), ("sample", "voice"), ("line_print", "line")):
            self._database.execute_sql(
                f"DELETE FROM {table} WHERE {owner}_id NOT IN (SELECT id FROM {owner})"  # noqa: S608
            )

    def _never_reuse_numbers(self) -> None:
        """`Voice N`: voices and numbers are given out together, so N is no less than any id."""
        kept = self._scalar("SELECT value FROM value WHERE key = ?", LAST_NUMBER) or "0"
        names = self._database.execute_sql("SELECT name FROM voice").fetchall()
        given = [int(match[1]) for (name,) in names if (match := _NUMBERED_NAME.fullmatch(name))]
        highest = max(int(kept) if kept.isdecimal() else 0, self._highest_id("voice"), *given, 0)
        keep(self._database, LAST_NUMBER, str(highest))

    def _replace_lost_voices(self) -> None:
        """Their lines stay together and can be named; their prints may have been found."""
        lost = self._database.execute_sql(
            "SELECT speaker_id, min(start_ns), max(end_ns) FROM line "
            "WHERE speaker_id IS NOT NULL AND speaker_id NOT IN (SELECT id FROM voice) "
            "GROUP BY speaker_id"
        ).fetchall()
        for voice_id, first_ns, last_ns in lost:
            found_voice(self._database, WallTime(first_ns), voice_id=voice_id)
            heard_at(self._database, voice_id, WallTime(last_ns))

    def _highest_id(self, table: str) -> int:
        return int(self._scalar(f"SELECT coalesce(max(id), 0) FROM {table}"))  # noqa: S608

    def _count(self, table: str) -> int:
        return int(self._scalar(f"SELECT count(*) FROM {table}"))  # noqa: S608

    def _scalar(self, query: str, *parameters: Any) -> Any:
        row = self._database.execute_sql(query, parameters).fetchone()
        return row and row[0]
