"""Real trouble for a store in use."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

from peewee import SqliteDatabase

from wallflower.domain.speech import Line
from wallflower.store import Store

NO_LIMIT = 1_073_741_823


async def fill_disk(store: Store) -> None:
    """From now on SQLite says SQLITE_FULL whenever the file has to grow."""
    await _limit_pages(store, 1)


async def free_disk(store: Store) -> None:
    await _limit_pages(store, NO_LIMIT)


def bulky(line: Line) -> Line:
    """`line` with so much in it that the file has to grow for it."""
    return replace(line, engine="test" + "." * 10_000)


async def _limit_pages(store: Store, pages: int) -> None:
    def work(database: SqliteDatabase) -> None:
        # SQLite raises a limit that is too low to the present size.
        database.execute_sql(f"PRAGMA max_page_count = {pages}")

    await store._connections.write(work)


def spoil_search(path: Path) -> None:
    """Make the search index senseless while every page stays sound."""
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE line_search_data SET block = x'ffffffffffffffffffff'")
    connection.close()
