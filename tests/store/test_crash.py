"""A child process that is killed while it writes, as by a power button."""

from __future__ import annotations

import asyncio
import re
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from tests.support.clock import ManualClock
from wallflower.store import LineQuery, Store

CHILD = """
import asyncio, sys
from pathlib import Path
from tests.store.lines import line
from wallflower.runtime.clock import SystemClock
from wallflower.store import Store

async def main():
    store = await Store.open(Path(sys.argv[1]), clock=SystemClock())
    number = 0
    while True:
        events = await store.lines.commit([line(f"Line {number + i}", number + i) for i in (1, 2)])
        number += 2
        print(f"stored {events[-1].line.id}", flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("after", [1, 60])
async def test_a_killed_process_loses_nothing_it_said_was_stored(
    path: Path, clock: ManualClock, after: int
) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, str(path), stdout=PIPE, cwd=Path(__file__).parents[2]
    )
    assert child.stdout is not None
    for _ in range(after):
        assert await child.stdout.readline()
    child.kill()
    rest = await child.stdout.read()
    await child.wait()
    told = [2 * after, *map(int, re.findall(rb"stored (\d+)\n", rest))]

    store = await Store.open(path, clock=clock)
    try:
        assert store.damage is None
        last = await store.journal.last_id()
        assert last >= max(told)
        # Both lines of a transaction or neither.
        assert last % 2 == 0
        events = await store.journal.after(0)
        assert [event.event_id for event in events] == list(range(1, len(events) + 1))
        found = await store.lines.page(LineQuery(text=f'"Line {max(told)}"'))
        assert len(found.items) == 1
        await store.check()
    finally:
        await store.close()
