from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from wallflower.domain.times import WallTime
from wallflower.store.files import PAGE_SIZE, beside, page_size_of, wal_of

NOW = WallTime.from_iso("2026-11-22T08:15:30.250Z")


def test_names_beside_a_file_are_free(path: Path) -> None:
    first = beside(path, "damaged", NOW)
    assert first.name == "wallflower.db.damaged-20261122T081530Z"
    wal_of(first).touch()
    second = beside(path, "damaged", NOW)
    assert second.name == "wallflower.db.damaged-20261122T081530Z-2"
    second.touch()
    assert beside(path, "damaged", NOW).name == "wallflower.db.damaged-20261122T081530Z-3"


@pytest.mark.parametrize("size", [512, 4096, 65536])
def test_the_page_size_of_a_file(path: Path, size: int) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA page_size = {size}")
    connection.execute("CREATE TABLE t (a)")
    connection.close()
    assert page_size_of(path) == size


@pytest.mark.parametrize("content", [b"", b"x", b"SQLite format 3\0", b"SQLite format 3\0\xff\xff"])
def test_without_a_header_it_is_ours(path: Path, content: bytes) -> None:
    assert page_size_of(path) == PAGE_SIZE
    path.write_bytes(content)
    assert page_size_of(path) == PAGE_SIZE
