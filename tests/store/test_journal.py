from __future__ import annotations

from pathlib import Path

from tests.store.lines import MENDING, line, rename, room_print
from tests.support.clock import ManualClock
from wallflower.domain.events import LineCommitted, LineCorrected, LineDeleted, SpeakerRenamed
from wallflower.store import Store


async def eventful(store: Store) -> None:
    """Events 1 to 6: two lines in the hall, one on the porch, a name, a correction, a deletion."""
    voice = await store.voices.add("ge2e", room_print(1))
    await store.lines.commit([line("One", speaker=voice.ref(0.9)), line("Two", 5)])
    await store.lines.commit([line("Three", 9, stream_id="porch")])
    await rename(store, voice.id, "Anna")
    await store.lines.change(2, text="Too")
    await store.lines.delete(3)


async def test_everything_is_replayed_in_order_as_it_is_now(store: Store) -> None:
    await eventful(store)
    events = await store.journal.after(0)
    # The deleted line's text is not told any more, only that it is gone.
    assert [(type(event), event.event_id) for event in events] == [
        (LineCommitted, 1),
        (LineCommitted, 2),
        (SpeakerRenamed, 4),
        (LineCorrected, 5),
        (LineDeleted, 6),
    ]
    first, second = events[0], events[1]
    assert isinstance(first, LineCommitted)
    assert isinstance(second, LineCommitted)
    assert first.line == await store.lines.get(1)
    assert first.line.speaker is not None
    assert first.line.speaker.name == "Anna"
    assert second.line.text == "Too"


async def test_replay_goes_on_from_any_point_in_portions(store: Store) -> None:
    await eventful(store)
    assert [event.event_id for event in await store.journal.after(2)] == [4, 5, 6]
    seen, at = [], 0
    while portion := await store.journal.after(at, limit=2):
        seen += [event.event_id for event in portion]
        at = seen[-1]
    assert seen == [1, 2, 4, 5, 6]
    assert at == await store.journal.last_id()
    assert await store.journal.after(1_000) == []


async def test_replay_of_one_stream_includes_what_concerns_all(store: Store) -> None:
    await eventful(store)
    porch = await store.journal.after(0, stream_id="porch")
    assert [type(event) for event in porch] == [SpeakerRenamed, LineDeleted]
    hall = await store.journal.after(0, stream_id="hall")
    assert [event.event_id for event in hall] == [1, 2, 4, 5]


async def test_an_empty_journal(store: Store) -> None:
    assert await store.journal.last_id() == 0
    assert await store.journal.after(0) == []
    assert await store.journal.prune(10) == 0


async def test_pruning_keeps_the_youngest_and_every_line(store: Store) -> None:
    await store.lines.commit([line(f"Line {i}", i) for i in range(10)])
    assert await store.journal.prune(3) == 7
    assert await store.journal.prune(3) == 0
    assert [event.event_id for event in await store.journal.after(0)] == [8, 9, 10]
    assert (await store.lines.get(1)).text == "Line 0"


async def test_whose_a_merged_voice_is_is_never_forgotten(store: Store) -> None:
    one, other = [await store.voices.add("ge2e", room_print(seed)) for seed in (1, 2)]
    await store.people.merge(MENDING, [other.id], one.id)
    await store.lines.commit([line(f"Line {i}", i) for i in range(10)])
    assert await store.journal.prune(3) == 7
    (event,) = await store.lines.commit([line(speaker=other.ref(0.9))])
    assert event.line.speaker is not None
    assert event.line.speaker.id == one.id


async def test_ids_go_on_after_everything_was_pruned(path: Path, clock: ManualClock) -> None:
    store = await Store.open(path, clock=clock)
    await store.lines.commit([line(), line()])
    assert await store.journal.prune(0) == 2
    await store.close()
    store = await Store.open(path, clock=clock)
    try:
        assert await store.journal.last_id() == 2
        (event,) = await store.lines.commit([line()])
        assert event.event_id == 3
    finally:
        await store.close()
