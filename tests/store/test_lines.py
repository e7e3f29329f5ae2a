from __future__ import annotations

import asyncio
import math
from dataclasses import replace

import pytest

from tests.store.lines import line, rename, room_print
from wallflower.domain.errors import BadInput, NotFound
from wallflower.domain.events import LineCommitted, LineDeleted
from wallflower.domain.speech import SpeakerRef, Word
from wallflower.store import LineQuery, Store


async def texts(store: Store, query: LineQuery) -> list[str]:
    return [item.text for item in (await store.lines.page(query)).items]


async def test_a_committed_line_is_what_everybody_reads(store: Store) -> None:
    anna = await store.voices.add("ge2e", room_print(1))
    heard = replace(
        line("Où est la clé?", speaker=anna.ref(0.8)),
        words=(Word("Où", 0.1234567, 0.5, 0.98765), Word("est", 0.5, 0.75, 1.0)),
    )
    (event,) = await store.lines.commit([heard])
    assert event.line == await store.lines.get(1)
    assert (await store.lines.page(LineQuery())).items == (event.line,)
    assert await store.journal.after(0) == [event]
    assert event.line == replace(
        heard, id=1, words=(Word("Où", 0.123, 0.5, 0.988), Word("est", 0.5, 0.75, 1.0))
    )


async def test_one_commit_is_one_transaction_in_order(store: Store) -> None:
    events = await store.lines.commit([line(f"Line {i}", i) for i in range(5)])
    assert [(event.event_id, event.line.id) for event in events] == [(i, i) for i in range(1, 6)]
    assert await store.lines.commit([]) == []
    assert await store.journal.last_id() == 5


async def test_a_line_of_a_voice_that_is_gone_is_kept(store: Store) -> None:
    (event,) = await store.lines.commit([line(speaker=SpeakerRef(99, "Ghost", True, 0.9))])
    assert event.line.speaker is None


async def test_a_speaker_renamed_meanwhile_is_announced_by_the_new_name(store: Store) -> None:
    voice = await store.voices.add("ge2e", room_print(1))
    await rename(store, voice.id, "Anna")
    (event,) = await store.lines.commit([line(speaker=voice.ref(0.5))])
    assert event.line.speaker == SpeakerRef(voice.id, "Anna", True, 0.5)


@pytest.mark.parametrize("number", [math.nan, math.inf, -1.0, 2.0])
async def test_numbers_no_engine_should_give_lose_no_line(store: Store, number: float) -> None:
    odd = replace(line("Odd."), confidence=number, words=(Word("Odd.", number, number, number),))
    (event,) = await store.lines.commit([odd])
    assert 0.0 <= event.line.confidence <= 1.0
    assert await store.lines.get(1) == event.line


@pytest.mark.parametrize("text", ["a\ud800b", "nul\0byte", "😀", 'quo"te\\', ""])
async def test_any_text_can_be_kept(store: Store, text: str) -> None:
    odd = replace(line("x"), text=text, words=(Word(text, 0, 1, 1),))
    (event,) = await store.lines.commit([odd])
    assert await store.lines.get(1) == event.line
    expected = text.replace("\ud800", "\ufffd").replace("\0", "\ufffd")
    assert event.line.text == expected


async def test_a_missing_line_is_not_found(store: Store) -> None:
    for attempt in (
        store.lines.get(1),
        store.lines.delete(1),
        store.lines.change(1, text="Anything"),
        store.lines.get(2**70),
    ):
        with pytest.raises(NotFound, match="no line"):
            await attempt


async def test_a_corrected_text_is_found_and_the_old_one_is_not(store: Store) -> None:
    await store.lines.commit([line("Feed the cat.")])
    event = await store.lines.change(1, text=" Feed the bat. ")
    assert event.line.text == "Feed the bat."
    assert [word.text for word in event.line.words] == ["Feed", "the", "cat."]
    assert await texts(store, LineQuery(text="bat")) == ["Feed the bat."]
    assert await texts(store, LineQuery(text="cat")) == []
    assert event.event_id == await store.journal.last_id()


async def test_a_change_must_make_sense(store: Store) -> None:
    await store.lines.commit([line("As it was.")])
    with pytest.raises(BadInput, match="empty"):
        await store.lines.change(1, text="  ")
    assert (await store.lines.get(1)).text == "As it was."
    assert await store.journal.last_id() == 1


async def test_a_deleted_line_is_gone_from_pages_search_and_replay(store: Store) -> None:
    await store.lines.commit([line("One secret."), line("Two secrets.", 5)])
    event = await store.lines.delete(1)
    assert event == LineDeleted(3, 1, "hall")
    assert await texts(store, LineQuery()) == ["Two secrets."]
    assert await texts(store, LineQuery(text="secret*")) == ["Two secrets."]
    kinds = [type(event) for event in await store.journal.after(0)]
    assert kinds == [LineCommitted, LineDeleted]
    await store.check()


async def test_ids_of_deleted_lines_never_come_back(store: Store) -> None:
    await store.lines.commit([line()])
    await store.lines.delete(1)
    (event,) = await store.lines.commit([line()])
    assert event.line.id == 2


async def test_many_writers_at_once_lose_nothing(store: Store) -> None:
    async def stream(name: str) -> None:
        for i in range(15):
            await store.lines.commit([line(f"{name} says {i}", i, stream_id=name)])
            assert len(await texts(store, LineQuery(stream_id=name))) == i + 1

    async with asyncio.TaskGroup() as group:
        for name in ("hall", "kitchen", "porch", "garage", "garden", "attic"):
            group.create_task(stream(name))
    events = await store.journal.after(0)
    assert [event.event_id for event in events] == list(range(1, 91))
