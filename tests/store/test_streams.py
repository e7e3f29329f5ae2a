from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.lines import line
from tests.support.clock import ManualClock
from wallflower.domain.errors import Conflict, NotFound
from wallflower.domain.streams import StreamSpec
from wallflower.store import LineQuery, Store

HALL = StreamSpec("hall", "Hall", "rtsp://user:secret@10.0.0.7/live", area="Ground floor")
PORCH = StreamSpec("porch", "Porch", "rtsp://10.0.0.8/live", enabled=False, listening=False)


async def test_streams_come_back_in_the_order_they_were_added(
    path: Path, clock: ManualClock
) -> None:
    store = await Store.open(path, clock=clock)
    await store.streams.add(PORCH)
    await store.streams.add(HALL)
    await store.streams.update(replace(PORCH, url="rtsp://10.0.0.9/live"))
    await store.close()
    store = await Store.open(path, clock=clock)
    try:
        assert await store.streams.all() == [replace(PORCH, url="rtsp://10.0.0.9/live"), HALL]
    finally:
        await store.close()


async def test_ids_and_names_are_taken_once(store: Store) -> None:
    await store.streams.add(HALL)
    await store.streams.add(PORCH)
    with pytest.raises(Conflict, match="id 'hall'"):
        await store.streams.add(replace(HALL, name="Other"))
    with pytest.raises(Conflict, match="called ' HALL '"):
        await store.streams.add(StreamSpec("hall_2", " HALL ", "rtsp://10.0.0.7/live"))
    with pytest.raises(Conflict, match="called 'hall'"):
        await store.streams.update(replace(PORCH, name="hall"))
    assert await store.streams.all() == [HALL, PORCH]


async def test_a_missing_stream_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="no stream 'hall'"):
        await store.streams.update(HALL)
    with pytest.raises(NotFound, match="no stream 'hall'"):
        await store.streams.remove("hall")


async def test_lines_outlive_their_stream(store: Store) -> None:
    await store.streams.add(HALL)
    await store.lines.commit([line("Still here.")])
    await store.streams.remove("hall")
    assert await store.streams.all() == []
    assert len((await store.lines.page(LineQuery(stream_id="hall"))).items) == 1
    await store.streams.add(HALL)
