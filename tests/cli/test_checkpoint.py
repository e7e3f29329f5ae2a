"""`wallflower checkpoint` as Home Assistant calls it before a backup."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.cli.child import complaint, wallflower
from tests.store.lines import line
from tests.support.clock import ManualClock
from wallflower.store import Store


async def test_a_running_house_goes_on(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "wallflower.db", clock=ManualClock())
    try:
        await store.lines.commit([line("Said before the backup.")])
        done = await asyncio.to_thread(wallflower, "checkpoint", "--data", tmp_path, home=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert (tmp_path / "wallflower.db-wal").stat().st_size == 0
        await store.lines.commit([line("And after it.", 1)])
        assert await store.journal.last_id() == 2
    finally:
        await store.close()


def test_before_the_first_start_there_is_nothing_to_do(tmp_path: Path) -> None:
    done = wallflower("checkpoint", "--data", tmp_path, home=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (tmp_path / "wallflower.db").exists()


def test_a_database_it_cannot_read_fails_the_backup(tmp_path: Path) -> None:
    (tmp_path / "wallflower.db").write_text("Dear Anna, this is no database. " * 500)
    said = complaint(wallflower("checkpoint", "--data", tmp_path, home=tmp_path), 1)
    assert "damaged" in said
