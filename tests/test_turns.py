"""The turns that workers of the suite take."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from tests.support.turns import turn


def is_free(lock: Path, kind: int) -> bool:
    with lock.open("a") as file:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def test_many_run_side_by_side_but_none_alone(tmp_path: Path) -> None:
    with turn(tmp_path, alone=False), turn(tmp_path, alone=False):
        assert not is_free(tmp_path / "room.lock", fcntl.LOCK_EX)
    assert is_free(tmp_path / "room.lock", fcntl.LOCK_EX)


def test_who_is_alone_has_no_company_and_the_door_can_be_waited_at(tmp_path: Path) -> None:
    with turn(tmp_path, alone=True):
        assert not is_free(tmp_path / "room.lock", fcntl.LOCK_SH)
        assert is_free(tmp_path / "door.lock", fcntl.LOCK_EX)


def test_a_test_that_fails_gives_its_turn_back(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), turn(tmp_path, alone=True):
        raise ZeroDivisionError
    assert is_free(tmp_path / "room.lock", fcntl.LOCK_EX)
