from __future__ import annotations

from pathlib import Path

from tests.store.lines import line
from tests.support.clock import ManualClock
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


async def test_a_healthy_store_passes_the_check(store: Store) -> None:
    await store.lines.commit([line()])
    await store.check()
