from __future__ import annotations

import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from wallflower.domain.times import WallTime
from wallflower.store import damage
from wallflower.store.damage import find_damage
from wallflower.store.files import PAGE_SIZE, mark_of, wal_of
from wallflower.store.migrations import migrate


@pytest.fixture
def healthy(path: Path) -> Path:
    migrate(path, WallTime(0))
    return path


def test_nothing_is_wrong_with_a_new_or_a_healthy_file(path: Path) -> None:
    assert find_damage(path) is None
    path.touch()
    assert find_damage(path) is None
    migrate(path, WallTime(0))
    assert find_damage(path) is None


def test_looking_changes_nothing(healthy: Path) -> None:
    live = sqlite3.connect(healthy)
    live.execute("INSERT INTO value VALUES ('a', 'b')")
    live.commit()
    copy = healthy.with_name("copy.db")
    shutil.copy(healthy, copy)
    shutil.copy(wal_of(healthy), wal_of(copy))
    live.close()
    before = copy.read_bytes(), wal_of(copy).read_bytes()
    assert find_damage(copy) is None
    assert (copy.read_bytes(), wal_of(copy).read_bytes()) == before


@pytest.mark.parametrize("page", [0, 1, 5])
def test_a_page_of_noise_is_found(healthy: Path, page: int) -> None:
    with healthy.open("r+b") as file:
        file.seek(page * PAGE_SIZE)
        file.write(random.Random(page).randbytes(PAGE_SIZE))
    assert find_damage(healthy)


def test_a_mark_from_an_earlier_run_counts(healthy: Path) -> None:
    mark_of(healthy).touch()
    assert find_damage(healthy) == "it could not be read while in use"


def test_a_large_file_is_read_through_only_after_a_crash(
    healthy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(damage, "CHECK_BYTES", PAGE_SIZE)
    with healthy.open("r+b") as file:
        file.seek(5 * PAGE_SIZE)
        file.write(random.Random(5).randbytes(PAGE_SIZE))
    assert find_damage(healthy) is None
    wal_of(healthy).touch()
    assert find_damage(healthy)


def test_the_schema_is_read_of_any_file(healthy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(damage, "CHECK_BYTES", PAGE_SIZE)
    with healthy.open("r+b") as file:
        file.write(random.Random(5).randbytes(PAGE_SIZE))
    assert find_damage(healthy)
