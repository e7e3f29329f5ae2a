from __future__ import annotations

import numpy as np

from tests.store.lines import MENDING, NOON, line, print_of, prints, rename, room_print, sample
from wallflower.domain.events import LineCorrected, SpeakerForgotten, SpeakerMerged
from wallflower.domain.speech import SpeakerRef
from wallflower.domain.voices import Reassigned, Revision, Voice
from wallflower.store import LineQuery, Store


async def voices(store: Store, count: int) -> list[Voice]:
    return [await store.voices.add("ge2e", room_print(seed)) for seed in range(count)]


async def said(store: Store, *speakers: Voice) -> None:
    """Lines 1, 2, … of these voices, ten seconds apart."""
    lines = [
        line(at_s=10.0 * number, speaker=speaker.ref(0.6, sure=False), prints=prints(speaker.id))
        for number, speaker in enumerate(speakers)
    ]
    await store.lines.commit(lines)


async def owners(store: Store) -> list[int | None]:
    """Whose lines 1, 2, … are."""
    lines = (await store.lines.page(LineQuery())).items[::-1]
    return [line.speaker.id if line.speaker else None for line in lines]


async def test_lines_go_to_other_and_to_new_voices(store: Store) -> None:
    one, other = await voices(store, 2)
    await said(store, one, one, one, other)
    revision = Revision(
        lines=(Reassigned(2, other.id, 0.9, sure=True), Reassigned(3, -7, 0.8, sure=False)),
        prints={-7: (room_print(9),), other.id: (room_print(8, 12.0, stream_id="porch"),)},
    )
    events = await store.voices.revise("ge2e", revision)
    assert [type(event) for event in events] == [LineCorrected, LineCorrected]
    second, third = (await store.lines.get(2), await store.lines.get(3))
    assert second.speaker == SpeakerRef(other.id, "Voice 2", False, 0.9, sure=True)
    assert third.speaker == SpeakerRef(3, "Voice 3", False, 0.8, sure=False)
    assert not second.confirmed
    by_id = {voice.id: voice for voice in await store.voices.all("ge2e")}
    np.testing.assert_array_equal(by_id[3].prints[0].embedding, print_of(9))
    assert [print_.stream_id for print_ in by_id[other.id].prints] == ["porch"]


async def test_the_same_look_again_changes_nothing(store: Store) -> None:
    one, other = await voices(store, 2)
    await said(store, one, one, other)
    revision = Revision((Reassigned(2, other.id, 0.9, sure=True),), prints={one.id: ()})
    assert len(await store.voices.revise("ge2e", revision)) == 1
    last = await store.journal.last_id()
    assert await store.voices.revise("ge2e", revision) == []
    assert await store.journal.last_id() == last


async def test_prints_made_anew_since_the_look_began_stay(store: Store) -> None:
    one, other = await voices(store, 2)
    await said(store, one, one, other)
    standing = await store.people.standing()
    await store.people.reassign(MENDING, 2, other.id)
    mended = await store.voices.get(one.id)
    look = Revision(prints={one.id: (room_print(9),), -1: (room_print(8),)})
    await store.voices.revise("ge2e", look, standing=standing)
    (print_,) = (await store.voices.get(one.id)).prints
    np.testing.assert_array_equal(print_.embedding, mended.prints[0].embedding)

    standing = await store.people.standing()
    await store.people.undo(MENDING, 1)
    assert await store.people.standing() != standing
    await store.voices.revise("ge2e", look, standing=await store.people.standing())
    (print_,) = (await store.voices.get(one.id)).prints
    np.testing.assert_array_equal(print_.embedding, print_of(9))


async def test_fragments_are_joined(store: Store) -> None:
    one, other, third = await voices(store, 3)
    await said(store, one, other, third)
    await store.voices.keep_sample(third.id, sample())
    # 3 is part of 2, which is part of 1.
    revision = Revision(merged={other.id: one.id, third.id: other.id})
    events = await store.voices.revise("ge2e", revision)
    assert events == [SpeakerMerged(4, other.id, one.id), SpeakerMerged(5, third.id, one.id)]
    assert await owners(store) == [one.id] * 3
    assert [voice.id for voice in await store.voices.everyone()] == [one.id]
    assert len(await store.voices.samples(one.id)) == 1
    assert await store.journal.after(3) == events


async def test_a_line_of_a_merged_voice_that_comes_late_is_the_heir_s(store: Store) -> None:
    one, other, third = await voices(store, 3)
    await store.voices.revise("ge2e", Revision(merged={third.id: other.id}))
    await store.voices.revise("ge2e", Revision(merged={other.id: one.id}))
    (event,) = await store.lines.commit([line(speaker=third.ref(0.7))])
    assert event.line.speaker == SpeakerRef(one.id, "Voice 1", False, 0.7)


async def test_what_people_decided_stays(store: Store) -> None:
    anna, other, confirmed = await voices(store, 3)
    await said(store, anna, other, confirmed)
    await rename(store, anna.id, "Anna")
    await store.people.reassign(MENDING, 3, confirmed.id)
    before = await store.journal.last_id()
    revision = Revision(
        lines=(Reassigned(3, other.id, 1.0, sure=True),),
        merged={anna.id: other.id, confirmed.id: other.id},
    )
    assert await store.voices.revise("ge2e", revision) == []
    assert await owners(store) == [anna.id, other.id, confirmed.id]
    assert await store.journal.last_id() == before


async def test_a_voice_nobody_named_goes_with_its_last_line(store: Store) -> None:
    anna, one, other = await voices(store, 3)
    await rename(store, anna.id, "Anna")
    await said(store, anna, one, other, other)
    moves = (
        Reassigned(1, other.id, 0.9, sure=True),
        Reassigned(2, other.id, 0.9, sure=True),
        Reassigned(3, anna.id, 0.9, sure=True),
        Reassigned(4, -1, 0.9, sure=True),
    )
    events = await store.voices.revise("ge2e", Revision(lines=moves))
    assert [event for event in events if not isinstance(event, LineCorrected)] == [
        SpeakerMerged(10, one.id, other.id)
    ]
    assert await owners(store) == [other.id, other.id, anna.id, 4]
    await store.voices.revise(
        "ge2e",
        Revision(
            lines=(
                Reassigned(1, anna.id, 0.9, sure=True),
                Reassigned(2, 4, 0.9, sure=True),
            )
        ),
    )
    assert isinstance((await store.journal.after(0))[-1], SpeakerForgotten)
    assert {voice.id for voice in await store.voices.everyone()} == {anna.id, 4}


async def test_what_is_gone_meanwhile_is_left_out(store: Store) -> None:
    (one,) = await voices(store, 1)
    await said(store, one)
    revision = Revision(
        lines=(Reassigned(99, one.id, 0.9, sure=True), Reassigned(1, 99, 0.9, sure=True)),
        merged={98: one.id, one.id: 97},
        prints={96: (room_print(),)},
    )
    assert await store.voices.revise("ge2e", revision) == []
    assert await owners(store) == [one.id]


async def test_lines_are_heard_again_with_their_prints(store: Store) -> None:
    (one,) = await voices(store, 1)
    await said(store, one, one, one)
    await store.lines.commit([line("Nobody's.", 50, prints=prints(7)), line("Mute.", 60)])
    heard = await store.lines.heard("ge2e", since=NOON.plus(5))
    assert [(each.id, each.voice_id, each.confirmed) for each in heard] == [
        (2, one.id, False), (3, one.id, False), (4, None, False),
    ]  # fmt: skip
    assert heard[0].prints.windows.shape == (4, 256)
    assert [each.id for each in await store.lines.heard("ge2e", since=NOON, limit=2)] == [3, 4]
    until = NOON.plus(20)
    assert [each.id for each in await store.lines.heard("ge2e", since=NOON, until=until)] == [1, 2]
    assert await store.lines.heard("ecapa", since=NOON) == []
    await store.lines.delete(2)
    assert [each.id for each in await store.lines.heard("ge2e", since=NOON)] == [1, 3, 4]
