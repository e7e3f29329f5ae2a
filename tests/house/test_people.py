"""People against a real store: what they decide stands, is told, and can be taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.house.ears import QuietEar, clip
from tests.store.lines import line, print_of, prints, room_print, sample
from tests.support.clock import ManualClock
from wallflower.domain.errors import BadInput, Conflict, NotFound
from wallflower.domain.events import (
    Event,
    LineCorrected,
    SpeakerForgotten,
    SpeakerMerged,
    SpeakerRenamed,
)
from wallflower.domain.people import PeopleControl
from wallflower.domain.speech import Line
from wallflower.domain.voices import Voice
from wallflower.house.people import People
from wallflower.runtime.bus import Bus
from wallflower.store import LineQuery, Store


class Rig:
    def __init__(self, store: Store, clock: ManualClock) -> None:
        self.store = store
        self.clock = clock
        self.bus = Bus()
        self.inbox = self.bus.subscribe("test")
        self.ear = QuietEar()
        self.people: PeopleControl = People(store, self.bus, clock, self.ear)

    async def voices(self, count: int) -> list[Voice]:
        return [await self.store.voices.add("ge2e", room_print(seed)) for seed in range(count)]

    async def say(self, *speakers: Voice, stream_id: str = "hall") -> list[int]:
        """A line of each, which sounds like it; their ids."""
        lines = [
            line(
                at_s=10.0 * number,
                stream_id=stream_id,
                speaker=speaker.ref(0.6, sure=False),
                prints=prints(speaker.id - 1),
            )
            for number, speaker in enumerate(speakers)
        ]
        return [event.line.id or 0 for event in await self.store.lines.commit(lines)]

    async def lines(self) -> dict[int, Line]:
        items = (await self.store.lines.page(LineQuery(limit=500))).items
        return {item.id or 0: item for item in items}

    async def owners(self) -> list[int | None]:
        """Whose lines 1, 2, … are."""
        found = await self.lines()
        return [speaker.id if (speaker := found[key].speaker) else None for key in sorted(found)]

    def told(self) -> list[Event]:
        """What was published since the last call."""
        return self.inbox.drain()


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    clock = ManualClock("2026-03-02T00:00:00Z")
    store = await Store.open(tmp_path / "wallflower.db", clock=clock)
    yield Rig(store, clock)
    await store.close()


async def everything(store: Store) -> tuple[object, ...]:
    """All that a correction may change, to compare."""
    found = []
    for voice in sorted(await store.voices.everyone(), key=lambda each: each.id):
        printed = [(each.stream_id, each.speech_s, each.embedding.sum()) for each in voice.prints]
        samples = [(each.stream_id, each.quality) for each in await store.voices.samples(voice.id)]
        heard = (voice.first_heard, voice.last_heard)
        found.append((voice.id, voice.name, voice.known, sorted(printed), samples, heard))
    lines = (await store.lines.page(LineQuery(limit=500))).items
    return (*found, *lines)


async def test_a_new_name_can_be_taken_back(rig: Rig) -> None:
    (voice,) = await rig.voices(1)
    await rig.say(voice)
    named = await rig.people.rename(voice.id, " Anna ")
    assert (named.name, named.known) == ("Anna", True)
    assert rig.told() == [SpeakerRenamed(2, voice.id, "Anna", known=True)]
    (correction,) = await rig.people.corrections()
    assert (correction.kind, correction.text, correction.undone) == (
        "rename", "Voice 1 was named Anna.", False,
    )  # fmt: skip
    undone = await rig.people.undo(correction.id)
    assert undone.undone
    assert rig.told() == [SpeakerRenamed(3, voice.id, "Voice 1", known=False)]
    assert not (await rig.store.voices.get(voice.id)).known
    with pytest.raises(Conflict, match="undone already"):
        await rig.people.undo(correction.id)


async def test_merged_voices_are_one_until_that_is_undone(rig: Rig) -> None:
    anna, fragment, other = await rig.voices(3)
    await rig.people.rename(anna.id, "Anna")
    await rig.say(anna, fragment, fragment, other)
    await rig.store.voices.keep_sample(fragment.id, sample())
    before = await everything(rig.store)
    rig.told()

    merged = await rig.people.merge([fragment.id], anna.id)
    assert merged.name == "Anna"
    assert await rig.owners() == [anna.id, anna.id, anna.id, other.id]
    assert [each.confirmed for each in (await rig.lines()).values()] == [False, True, True, False]
    assert rig.told() == [SpeakerMerged(6, fragment.id, anna.id)]
    with pytest.raises(NotFound):
        await rig.store.voices.get(fragment.id)
    # It sounds like both now.
    (print_,) = merged.prints
    for voice in (anna, fragment):
        assert float(print_.embedding @ voice.centroid) > 0.2

    correction = (await rig.people.corrections())[0]
    assert correction.text == "Voice 2 was merged into Anna."
    await rig.people.undo(correction.id)
    assert await everything(rig.store) == before
    first, *rest = rig.told()
    assert first == SpeakerRenamed(7, fragment.id, "Voice 2", known=False)
    assert [each.line.id for each in rest if isinstance(each, LineCorrected)] == [2, 3]


async def test_a_line_goes_to_somebody_else_and_prints_follow(rig: Rig) -> None:
    anna, ben = await rig.voices(2)
    wrong = await rig.say(anna, ben)
    # A line of Ben's that was taken for Anna's.
    (event,) = await rig.store.lines.commit(
        [line(at_s=99, stream_id="porch", speaker=anna.ref(0.7), prints=prints(1, 30))]
    )
    await rig.store.voices.update("ge2e", anna.id, room_print(1, 15, stream_id="porch"))
    before = await everything(rig.store)
    assert wrong == [1, 2]
    corrected = await rig.people.reassign(event.line.id or 0, ben.id)
    assert corrected.confirmed
    assert corrected.speaker is not None
    assert (corrected.speaker.id, corrected.speaker.confidence) == (ben.id, 1.0)
    anna_now, ben_now = [await rig.store.voices.get(each.id) for each in (anna, ben)]
    # What was heard of Ben on the porch is no print of Anna's.
    assert [each.stream_id for each in anna_now.prints] == ["hall"]
    assert [each.stream_id for each in ben_now.prints] == ["hall", "porch"]
    assert float(ben_now.prints[1].embedding @ print_of(1)) > 0.7
    await rig.people.undo((await rig.people.corrections())[0].id)
    assert await everything(rig.store) == before


async def test_what_was_said_can_be_put_right_with_who_said_it(rig: Rig) -> None:
    anna, ben = await rig.voices(2)
    await rig.say(anna, ben)
    rig.told()
    corrected = await rig.people.reassign(1, ben.id, text=" Good night. ")
    assert corrected.text == "Good night."
    *_, told = rig.told()
    assert isinstance(told, LineCorrected)
    assert told.line == corrected
    with pytest.raises(BadInput, match="must not be empty"):
        await rig.people.reassign(2, anna.id, text=" ")
    assert (await rig.store.lines.get(2)).speaker == ben.ref(0.6, sure=False)
    await rig.people.undo(1)
    assert (await rig.store.lines.get(1)).text == "Good night."


async def test_a_line_may_be_a_new_voice_s_or_confirmed(rig: Rig) -> None:
    (anna,) = await rig.voices(1)
    await rig.say(anna, anna)
    before = await everything(rig.store)
    corrected = await rig.people.reassign(1, None)
    assert corrected.speaker is not None
    assert corrected.speaker.name == "Voice 2"
    new = await rig.store.voices.get(corrected.speaker.id)
    assert (new.first_heard, new.last_heard) == (corrected.start, corrected.end)
    # What is said by the new voice since belongs to the old one if there was no new one.
    await rig.say(new)
    confirmed = await rig.people.reassign(2, anna.id)
    assert confirmed.confirmed
    young, old = await rig.people.corrections()
    assert young.text == "A line of Voice 1 was confirmed."
    with pytest.raises(Conflict, match="younger correction first: A line of Voice 1 was confirmed"):
        await rig.people.undo(old.id)
    await rig.people.undo(young.id)
    rig.told()
    await rig.people.undo(old.id)
    assert SpeakerMerged in {type(event) for event in rig.told()}
    assert await rig.owners() == [anna.id] * 3
    await rig.store.lines.delete(3)
    assert await everything(rig.store) == before


async def test_the_last_line_of_an_unnamed_voice_takes_it_along(rig: Rig) -> None:
    anna, fragment = await rig.voices(2)
    await rig.say(anna, fragment)
    before = await everything(rig.store)
    await rig.people.reassign(2, anna.id)
    assert [voice.id for voice in await rig.store.voices.everyone()] == [anna.id]
    assert isinstance(rig.told()[0], SpeakerMerged)
    await rig.people.undo(1)
    assert await everything(rig.store) == before


async def test_a_mixture_is_split_as_told(rig: Rig) -> None:
    mixture, other = await rig.voices(2)
    await rig.say(*[mixture] * 12, other)
    before = await everything(rig.store)
    ben = await rig.people.split(mixture.id, [1, 2, 3], "Ben")
    assert (ben.name, ben.known) == ("Ben", True)
    assert await rig.owners() == [ben.id] * 3 + [mixture.id] * 9 + [other.id]
    # Some of the rest are confirmed, so that no second look joins them again.
    assert sum(each.confirmed for each in (await rig.lines()).values()) == 3 + 5
    assert (await rig.people.corrections())[0].text == "3 lines of Voice 1 became Ben."
    await rig.people.undo(1)
    assert await everything(rig.store) == before


async def test_a_mixture_is_split_as_its_prints_suggest(rig: Rig) -> None:
    mixture, _ = await rig.voices(2)
    await rig.store.lines.commit(
        [
            line(at_s=10.0 * n, speaker=mixture.ref(0.9), prints=prints(seed, 6))
            for n, seed in enumerate((0, 1, 0, 0, 1, 0))
        ]
    )
    new = await rig.people.split(mixture.id, [])
    assert await rig.owners() == [1, new.id, 1, 1, new.id, 1]
    assert float(new.prints[0].embedding @ print_of(1)) > 0.7


async def test_what_cannot_be_split_is_told(rig: Rig) -> None:
    one, other = await rig.voices(2)
    await rig.say(one, one, other)
    for lines, sentence in (
        ([3], "Only lines of Voice 1"),
        ([1, 2], "all lines of Voice 1"),
        ([9], "no line 9"),
    ):
        with pytest.raises((BadInput, NotFound), match=sentence):
            await rig.people.split(one.id, lines)
    with pytest.raises(BadInput, match="Nothing tells two people apart"):
        await rig.people.split(other.id, [])
    assert await rig.people.corrections() == []


async def test_lines_teach_a_person(rig: Rig) -> None:
    one, other = await rig.voices(2)
    await rig.say(one, other, other)
    before = await everything(rig.store)
    anna = await rig.people.enrol_lines("Anna", [1, 2])
    assert (anna.name, anna.known) == ("Anna", True)
    assert await rig.owners() == [anna.id, anna.id, other.id]
    # Naming an unnamed voice that is called so already, or adding to a person.
    again = await rig.people.enrol_lines("anna", [3])
    assert again.id == anna.id
    assert {voice.name for voice in await rig.store.voices.everyone()} == {"Anna"}
    await rig.people.undo(2)
    await rig.people.undo(1)
    assert await everything(rig.store) == before


async def test_a_clip_teaches_a_person_and_verifies_one(rig: Rig) -> None:
    before = await everything(rig.store)
    anna = await rig.people.enrol_clip("Anna", clip(5))
    assert anna.known
    (print_,) = anna.prints
    assert print_.stream_id == ""
    assert len(await rig.store.voices.samples(anna.id)) == 1
    assert (await rig.people.verify(anna.id, clip(5))).accepted
    assert not (await rig.people.verify(anna.id, clip(6))).accepted
    with pytest.raises(BadInput, match="Too little"):
        await rig.people.enrol_clip("Anna", clip(5, 0.5))
    await rig.people.enrol_clip("Anna", clip(7))
    louder = await rig.store.voices.get(anna.id)
    assert all(float(louder.centroid @ print_of(seed)) > 0.5 for seed in (5, 7))
    await rig.people.undo(2)
    await rig.people.undo(1)
    assert await everything(rig.store) == before
    assert SpeakerForgotten in {type(event) for event in rig.told()}


async def test_a_voice_without_prints_cannot_be_verified(rig: Rig) -> None:
    (one,) = await rig.voices(1)
    await rig.store.lines.commit(
        [line("Unheard.", speaker=one.ref(1)), line("Too.", speaker=one.ref(1))]
    )
    mute = await rig.people.split(one.id, [1])
    assert mute.prints == ()
    with pytest.raises(BadInput, match="Nobody knows yet what Voice 2 sounds like"):
        await rig.people.verify(mute.id, clip(1))


async def test_nothing_is_heard_while_speakers_are_off(rig: Rig) -> None:
    people = People(rig.store, rig.bus, rig.clock, None)
    one, other = await rig.voices(2)
    await rig.say(one, other)
    with pytest.raises(BadInput, match="switched off"):
        await people.enrol_clip("Anna", clip(1))
    # Names and lines can be put right all the same.
    await people.rename(one.id, "Anna")
    await people.merge([other.id], one.id)
    assert await rig.owners() == [one.id, one.id]


async def test_names_are_one_s_own(rig: Rig) -> None:
    one, other = await rig.voices(2)
    await rig.say(one, one, other)
    await rig.people.rename(one.id, "Anna")
    for attempt in (rig.people.rename(other.id, "ANNA"), rig.people.split(one.id, [1], "anna")):
        with pytest.raises(Conflict):
            await attempt
    for attempt in (rig.people.merge([one.id], one.id), rig.people.merge([], one.id)):
        with pytest.raises(BadInput):
            await attempt
    # A name taken meanwhile stays with who has it.
    await rig.people.merge([one.id], other.id)
    await rig.people.split(other.id, [1], "Anna")
    with pytest.raises(Conflict, match="younger"):
        await rig.people.undo(2)


async def test_what_is_unknown_is_not_found(rig: Rig) -> None:
    (one,) = await rig.voices(1)
    for attempt in (
        rig.people.rename(9, "Anna"),
        rig.people.merge([9], one.id),
        rig.people.split(9, [1]),
        rig.people.reassign(9, one.id),
        rig.people.enrol_lines("Anna", [9]),
        rig.people.verify(9, clip(1)),
        rig.people.forget(9),
        rig.people.undo(9),
        rig.people.export([9], samples=False),
        rig.people.reassign(2**70, 2**70),
    ):
        with pytest.raises(NotFound):
            await attempt
