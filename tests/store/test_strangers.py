"""`speakers.keep_unknown: false`: nobody's sound reaches the disk before they have a name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from peewee import SqliteDatabase

from tests.store.lines import MENDING, NOON, line, print_of, prints, room_print, sample
from tests.store.trouble import bulky, fill_disk, free_disk
from tests.support.clock import ManualClock
from wallflower.domain.errors import DiskFull
from wallflower.domain.voices import Reassigned, Revision
from wallflower.store import Store
from wallflower.store.models import LinePrintRow, SampleRow, VoicePrintRow
from wallflower.store.rows.prints import pack_embedding


@pytest.fixture
async def discreet(path: Path, clock: ManualClock) -> AsyncIterator[Store]:
    store = await Store.open(path, clock=clock, keep_unknown=False)
    yield store
    await store.close()


async def kept(store: Store) -> dict[str, int]:
    """Rows on the disk that tell what somebody sounds like."""

    def work(database: SqliteDatabase) -> dict[str, int]:
        counts = {
            model._meta.table_name: model.select().count(database)
            for model in (VoicePrintRow, LinePrintRow, SampleRow)
        }
        images = database.execute_sql("SELECT count(*) FROM correction_print").fetchone()
        return {name: count for name, count in counts.items() if count} | (
            {"correction_print": images[0]} if images[0] else {}
        )

    return await store._connections.read(work)


def bytes_of(path: Path) -> bytes:
    """Of the database and its log."""
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


async def test_strangers_are_known_while_wallflower_runs(discreet: Store, path: Path) -> None:
    voice = await discreet.voices.add("ge2e", room_print(1))
    await discreet.voices.update("ge2e", voice.id, room_print(2, 9, stream_id="porch"))
    await discreet.voices.keep_sample(voice.id, sample())
    await discreet.lines.commit([line(speaker=voice.ref(0.9), prints=prints(1))])
    (known,) = await discreet.voices.all("ge2e")
    assert [each.stream_id for each in known.prints] == ["hall", "porch"]
    np.testing.assert_array_equal(known.prints[0].embedding, print_of(1))
    (heard,) = await discreet.lines.heard("ge2e", since=NOON)
    assert heard.voice_id == voice.id
    assert await discreet.voices.samples(voice.id) == []
    assert await kept(discreet) == {}
    assert pack_embedding(print_of(1)) not in await asyncio.to_thread(bytes_of, path)


async def test_a_name_makes_their_sound_worth_keeping(discreet: Store) -> None:
    voice = await discreet.voices.add("ge2e", room_print(1))
    other = await discreet.voices.add("ge2e", room_print(2))
    await discreet.lines.commit(
        [
            line(speaker=voice.ref(0.9), prints=prints(1)),
            line(at_s=5, speaker=other.ref(0.9), prints=prints(2)),
        ]
    )
    await discreet.people.rename(MENDING, voice.id, "Anna")
    assert await kept(discreet) == {"voice_print": 1, "line_print": 1}
    await discreet.voices.keep_sample(voice.id, sample())
    assert (await kept(discreet))["sample"] == 1
    # Without the name they are strangers again.
    await discreet.people.undo(MENDING, 1)
    assert await kept(discreet) == {}
    assert len(await discreet.voices.all("ge2e")) == 2


async def test_lines_of_strangers_teach_a_person(discreet: Store) -> None:
    voice = await discreet.voices.add("ge2e", room_print(1))
    await discreet.lines.commit(
        [line(at_s=n, speaker=voice.ref(0.9), prints=prints(1)) for n in (0, 9)]
    )
    anna, _ = await discreet.people.enrol(MENDING, "Anna", lines=[1])
    (learnt,) = (await discreet.voices.get(anna)).prints
    assert float(learnt.embedding @ print_of(1)) > 0.8
    assert await kept(discreet) == {"voice_print": 1, "line_print": 1}


async def test_the_second_look_goes_on_without_a_trace(discreet: Store) -> None:
    one = await discreet.voices.add("ge2e", room_print(1))
    other = await discreet.voices.add("ge2e", room_print(2))
    await discreet.lines.commit([line(speaker=one.ref(0.9), prints=prints(1))])
    await discreet.voices.revise(
        "ge2e",
        Revision((Reassigned(1, -1, 0.9, sure=True),), {other.id: one.id}, {-1: (room_print(5),)}),
    )
    (third,) = await discreet.voices.all("ge2e")
    np.testing.assert_array_equal(third.prints[0].embedding, print_of(5))
    assert await kept(discreet) == {}


async def test_a_full_disk_takes_nothing_from_memory(discreet: Store) -> None:
    voice = await discreet.voices.add("ge2e", room_print(1))
    await discreet.lines.commit([line(speaker=voice.ref(0.9), prints=prints(1))])
    await fill_disk(discreet)
    with pytest.raises(DiskFull):
        # As much as this is no name, but it goes the way that a name goes.
        await discreet.people.enrol(MENDING, "Anna", lines=[1], samples=[sample()] * 40)
    with pytest.raises(DiskFull):
        await discreet.lines.commit([bulky(line(at_s=9, prints=prints(2)))])
    await free_disk(discreet)
    (known,) = await discreet.voices.all("ge2e")
    assert known.id == voice.id
    assert [each.id for each in await discreet.lines.heard("ge2e", since=NOON)] == [1]


async def test_what_was_kept_before_goes_at_the_start(path: Path, clock: ManualClock) -> None:
    store = await Store.open(path, clock=clock)
    anna, stranger = [await store.voices.add("ge2e", room_print(seed)) for seed in (1, 2)]
    await store.people.rename(MENDING, anna.id, "Anna")
    for voice in (anna, stranger):
        await store.voices.keep_sample(voice.id, sample())
        await store.lines.commit([line(speaker=voice.ref(0.9), prints=prints(voice.id))])
    await store.lines.commit([line(prints=prints(9))])
    await store.close()
    assert pack_embedding(print_of(2)) in await asyncio.to_thread(bytes_of, path)

    store = await Store.open(path, clock=clock, keep_unknown=False)
    try:
        assert [voice.id for voice in await store.voices.all("ge2e")] == [anna.id]
        assert {voice.id for voice in await store.voices.everyone()} == {anna.id, stranger.id}
        assert await kept(store) == {"voice_print": 1, "line_print": 1, "sample": 1}
    finally:
        await store.close()
    content = await asyncio.to_thread(bytes_of, path)
    assert pack_embedding(print_of(2)) not in content
    assert pack_embedding(print_of(1)) in content


async def test_after_a_restart_strangers_are_new(path: Path, clock: ManualClock) -> None:
    store = await Store.open(path, clock=clock, keep_unknown=False)
    voice = await store.voices.add("ge2e", room_print(1))
    await store.lines.commit([line(speaker=voice.ref(0.9), prints=prints(1))])
    await store.close()
    store = await Store.open(path, clock=clock, keep_unknown=False)
    try:
        assert await store.voices.all("ge2e") == []
        # The line still says whose it is, and that voice can still be named.
        assert (await store.lines.get(1)).speaker == voice.ref(0.9)
        await store.people.rename(MENDING, voice.id, "Anna")
    finally:
        await store.close()


async def test_only_the_youngest_lines_are_remembered(
    discreet: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wallflower.store.strangers.LINES", 2)
    for number in range(4):
        await discreet.lines.commit([line(at_s=number, prints=prints(number, 1))])
    assert [each.id for each in await discreet.lines.heard("ge2e", since=NOON)] == [3, 4]
    await discreet.lines.delete(4)
    assert [each.id for each in await discreet.lines.heard("ge2e", since=NOON)] == [3]
