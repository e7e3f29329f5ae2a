"""Logs that SQLite wrote, whole and hurt."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from wallflower.store.files import PAGE_SIZE, wal_of
from wallflower.store.salvage.wal import Log, read_log

HEADER, STEP = 32, 24 + PAGE_SIZE


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "live.db", isolation_level=None)
    connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
    connection.execute("PRAGMA journal_mode = wal")
    connection.execute("PRAGMA synchronous = off")
    connection.execute("CREATE TABLE t (a)")
    yield connection
    connection.close()


def insert(writer: sqlite3.Connection, times: int) -> None:
    for _ in range(times):
        writer.execute("INSERT INTO t VALUES (?)", ("x" * 1000,))


def log_of(tmp_path: Path) -> Path:
    """A copy, as a crash would leave it."""
    return Path(shutil.copy(wal_of(tmp_path / "live.db"), tmp_path / "copy-wal"))


def frames(log: Path) -> int:
    return (log.stat().st_size - HEADER) // STEP


def test_a_whole_log(writer: sqlite3.Connection, tmp_path: Path) -> None:
    insert(writer, 10)
    log = log_of(tmp_path)
    read = read_log(log, PAGE_SIZE)
    assert not read.damaged
    assert len(read.frames) == frames(log)
    assert {frame.page for frame in read.frames} <= set(range(1, 10))


def test_no_log_and_an_empty_one(tmp_path: Path) -> None:
    assert read_log(tmp_path / "none", PAGE_SIZE) == Log((), damaged=False)
    (tmp_path / "empty").touch()
    assert read_log(tmp_path / "empty", PAGE_SIZE) == Log((), damaged=False)


def test_a_log_cut_short_is_what_a_crash_leaves_and_no_damage(
    writer: sqlite3.Connection, tmp_path: Path
) -> None:
    insert(writer, 5)
    whole = log_of(tmp_path).read_bytes()
    for length in range(0, len(whole), 1009):
        log = tmp_path / "short"
        log.write_bytes(whole[:length])
        assert not read_log(log, PAGE_SIZE).damaged


def test_what_is_left_of_an_older_round_is_no_damage(
    writer: sqlite3.Connection, tmp_path: Path
) -> None:
    insert(writer, 20)
    writer.execute("PRAGMA wal_checkpoint(restart)")
    insert(writer, 2)
    log = log_of(tmp_path)
    read = read_log(log, PAGE_SIZE)
    assert not read.damaged
    assert 0 < len(read.frames) < frames(log)


def test_an_unfinished_transaction_does_not_count(
    writer: sqlite3.Connection, tmp_path: Path
) -> None:
    insert(writer, 2)
    before = read_log(log_of(tmp_path), PAGE_SIZE)
    writer.execute("PRAGMA cache_size = 1")
    writer.execute("BEGIN")
    insert(writer, 50)
    log = log_of(tmp_path)
    assert frames(log) > len(before.frames)
    assert read_log(log, PAGE_SIZE) == before
    writer.execute("ROLLBACK")


@pytest.mark.parametrize(
    "at", [0, 8, 17, HEADER, HEADER + 9, HEADER + STEP + 100, HEADER + 5 * STEP]
)
def test_damage_in_front_of_finished_transactions_shows(
    writer: sqlite3.Connection, tmp_path: Path, at: int
) -> None:
    insert(writer, 10)
    log = log_of(tmp_path)
    count = len(read_log(log, PAGE_SIZE).frames)
    content = bytearray(log.read_bytes())
    content[at] ^= 0xFF
    log.write_bytes(content)
    read = read_log(log, PAGE_SIZE)
    assert read.damaged
    # All of them, but perhaps the one whose own header was hit.
    assert len(read.frames) >= count - 1
