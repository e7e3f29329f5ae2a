from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.store.lines import line
from tests.support.clock import ManualClock
from wallflower.domain.errors import StoreError
from wallflower.store import LineQuery, Store


async def test_lines_are_there_after_closing_and_opening(path: Path, clock: ManualClock) -> None:
    first = await Store.open(path, clock=clock)
    (event,) = await first.lines.commit([line("Where are my keys?")])
    await first.close()

    second = await Store.open(path, clock=clock)
    try:
        page = await second.lines.page(LineQuery(text="keys"))
        assert page.items == (event.line,)
        assert second.damage is None
    finally:
        await second.close()


async def test_closing_leaves_one_file(path: Path, clock: ManualClock) -> None:
    store = await Store.open(path, clock=clock)
    await store.lines.commit([line()])
    await store.close()
    assert list(path.parent.iterdir()) == [path]


async def test_an_old_sqlite_is_told_at_once(
    path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 34, 1))
    monkeypatch.setattr("sqlite3.sqlite_version", "3.34.1")
    with pytest.raises(StoreError, match=r"SQLite 3\.34\.1 is too old"):
        await Store.open(path, clock=clock)
    assert not await asyncio.to_thread(path.exists)


async def test_a_healthy_store_passes_the_check(store: Store) -> None:
    await store.lines.commit([line()])
    await store.check()
