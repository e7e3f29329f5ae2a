"""Somebody forgotten: no row, no gap of the file and no log still tells of them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.store.lines import MENDING, NOON, line, print_of, prints, room_print, sample
from tests.support.clock import ManualClock
from wallflower.domain.errors import NotFound
from wallflower.domain.events import LineCommitted, SpeakerForgotten, SpeakerRenamed
from wallflower.domain.voices import Voice
from wallflower.store import LineQuery, Store
from wallflower.store.rows.prints import pack_embedding, print_columns

NAME = "Rumpelstilzchen"


async def bytes_of(path: Path) -> bytes:
    """Of the database and its log, in use."""
    files = await asyncio.to_thread(lambda: sorted(path.parent.iterdir()))
    return b"".join([await asyncio.to_thread(file.read_bytes) for file in files])


async def filled(store: Store) -> list[Voice]:
    """Three voices with a hundred lines each, so that names move from page to page."""
    voices = [await store.voices.add("ge2e", room_print(seed)) for seed in range(3)]
    for number in range(100):
        await store.lines.commit(
            [
                line(
                    f"Sentence {number}.",
                    number * 10,
                    speaker=voice.ref(0.9),
                    prints=prints(voice.id, 2) if number % 20 == 0 else None,
                )
                for voice in voices
            ]
        )
    for voice in voices:
        await store.voices.keep_sample(voice.id, sample())
    return voices


async def test_nothing_is_left_of_a_person(store: Store, path: Path) -> None:
    person, fragment, other = await filled(store)
    await store.people.rename(MENDING, other.id, "Anna")
    await store.people.rename(MENDING, person.id, f"{NAME} Wrong")
    await store.people.rename(MENDING, person.id, NAME)
    await store.people.rename(MENDING, fragment.id, f"{NAME} 2")
    await store.people.merge(MENDING, [fragment.id], person.id)
    await store.people.reassign(MENDING, 5, other.id)
    await store.people.reassign(MENDING, 6, person.id)
    await store.people.undo(MENDING, 7)
    before = await bytes_of(path)
    assert NAME.encode() in before
    assert pack_embedding(print_of(0)) in before

    event = await store.people.forget(person.id)
    assert event == SpeakerForgotten(await store.journal.last_id(), person.id)
    await store.people.scrub()
    after = await bytes_of(path)
    assert NAME.encode() not in after
    assert NAME.lower().encode() not in after
    assert pack_embedding(print_of(0)) not in after
    assert pack_embedding(print_of(1)) not in after
    # Line 1, and its 20th after it, are the person's; their sound is gone from the lines, too.
    for voice_id in (person.id, fragment.id):
        windows = print_columns(prints(voice_id, 2))["windows"]
        assert windows not in after
    assert print_columns(prints(other.id, 2))["windows"] in after


async def test_what_a_full_disk_kept_from_being_scrubbed_is_scrubbed_later(
    store: Store, path: Path, clock: ManualClock
) -> None:
    (person, *_) = await filled(store)
    await store.people.rename(MENDING, person.id, NAME)
    await store.people.forget(person.id)
    await store.close()
    again = await Store.open(path, clock=clock)
    try:
        await again.people.scrub()
        assert NAME.encode() not in await bytes_of(path)
        written = (await asyncio.to_thread(path.stat)).st_mtime_ns
        await again.people.scrub()
        assert (await asyncio.to_thread(path.stat)).st_mtime_ns == written
    finally:
        await again.close()


async def test_the_lines_stay_and_are_nobody_s(store: Store) -> None:
    person, _, other = await filled(store)
    await store.people.rename(MENDING, person.id, NAME)
    await store.people.reassign(MENDING, 1, person.id)
    await store.people.forget(person.id)
    items = (await store.lines.page(LineQuery(limit=500))).items
    assert len(items) == 300
    assert sum(each.speaker is None for each in items) == 100
    assert not (await store.lines.get(1)).confirmed
    assert (await store.lines.page(LineQuery(text="Sentence 7"))).items
    assert {each.voice_id for each in await store.lines.heard("ge2e", since=NOON)} == {2, 3}
    with pytest.raises(NotFound):
        await store.voices.get(person.id)
    # What was done about others can still be taken back; about the person nothing can.
    assert await store.people.corrections(10) == []
    await store.people.rename(MENDING, other.id, "Anna")
    assert len(await store.people.corrections(10)) == 1
    replayed = await store.journal.after(0)
    assert isinstance(replayed[-2], SpeakerForgotten)
    assert not any(isinstance(each, SpeakerRenamed) and NAME in each.name for each in replayed)
    assert all(
        NAME not in each.line.speaker.name
        for each in replayed
        if isinstance(each, LineCommitted) and each.line.speaker
    )
    await store.check()


async def test_a_line_that_comes_late_is_nobody_s(store: Store) -> None:
    (person, *_) = await filled(store)
    await store.people.forget(person.id)
    (event,) = await store.lines.commit([line(speaker=person.ref(0.9))])
    assert event.line.speaker is None


async def test_a_correction_that_rests_on_somebody_forgotten_gives_lines_to_nobody(
    store: Store,
) -> None:
    first, second, _ = await filled(store)
    await store.people.reassign(MENDING, 2, first.id)
    # Joined by the machine, not by a person: the correction does not know.
    await store.people.forget(second.id)
    assert await store.people.corrections(10) == []
    assert (await store.lines.get(2)).speaker == first.ref(1.0)


async def test_strangers_nobody_heard_for_long_are_forgotten(store: Store) -> None:
    known, old, young, silent = [
        await store.voices.add("ge2e", room_print(seed, 3.0, NOON.plus(-50 * 86400)))
        for seed in range(4)
    ]
    await store.people.rename(MENDING, known.id, "Anna")
    await store.lines.commit(
        [
            line("Then.", -40 * 86400, speaker=old.ref(0.9)),
            line("Now.", speaker=young.ref(0.4, sure=False)),
        ]
    )
    gone = await store.people.forget_unheard(NOON.plus(-30 * 86400))
    assert [event.speaker_id for event in gone] == [old.id, silent.id]
    assert {voice.id for voice in await store.voices.everyone()} == {known.id, young.id}
    assert await store.people.forget_unheard(NOON.plus(-30 * 86400)) == []


async def test_old_corrections_cannot_be_undone_for_ever(store: Store) -> None:
    voice = await store.voices.add("ge2e", room_print(1))
    for number in range(5):
        await store.people.rename(MENDING, voice.id, f"Anna {number}")
    assert await store.people.prune(keep=2) == 3
    assert [each.id for each in await store.people.corrections(10)] == [5, 4]
    await store.people.undo(MENDING, 5)
    await store.people.rename(MENDING, voice.id, "Anna")
    assert (await store.people.corrections(1))[0].id == 6
