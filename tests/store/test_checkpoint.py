"""A backup that copies the database file alone has everything said so far."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.lines import line
from tests.support.clock import ManualClock
from wallflower.domain.errors import StoreError
from wallflower.store import LineQuery, Store, checkpoint, connection


async def test_the_file_alone_is_whole_while_the_store_is_in_use(
    store: Store, path: Path, tmp_path: Path, clock: ManualClock
) -> None:
    await store.lines.commit([line("The plumber comes on Tuesday.")])
    log = path.with_name(path.name + "-wal")
    assert log.stat().st_size > 0

    await asyncio.to_thread(checkpoint, path)

    assert log.stat().st_size == 0
    copy = tmp_path / "copy.db"
    shutil.copyfile(path, copy)
    await store.lines.commit([line("And goes on Wednesday.", 1)])
    backup = await Store.open(copy, clock=clock)
    try:
        assert backup.damage is None
        kept = await backup.lines.page(LineQuery())
        assert [item.text for item in kept.items] == ["The plumber comes on Tuesday."]
        await backup.check()
    finally:
        await backup.close()


@pytest.fixture
def reader(path: Path, store: Store) -> Iterator[sqlite3.Connection]:
    """Somebody who reads on and on."""
    reader = sqlite3.connect(path)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM line").fetchone()
    yield reader
    reader.close()


async def test_somebody_who_never_lets_go_is_named(
    store: Store, reader: sqlite3.Connection, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_S", 0.05)
    await store.lines.commit([line("Not yet in the file.")])
    with pytest.raises(StoreError, match="try the checkpoint again"):
        await asyncio.to_thread(checkpoint, path)
    reader.rollback()
    await asyncio.to_thread(checkpoint, path)


def test_what_is_no_database_is_said_to_be_damaged(path: Path) -> None:
    path.write_bytes(b"Dear Anna, this is no database at all. " * 500)
    with pytest.raises(StoreError, match="is damaged"):
        checkpoint(path)
