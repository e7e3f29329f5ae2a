from __future__ import annotations

import asyncio

import numpy as np
import pytest

from tests.store.lines import NOON, line, print_of, rename, room_print, sample
from tests.support.clock import ManualClock
from wallflower.domain.errors import BadInput, Conflict, NotFound
from wallflower.domain.events import SpeakerRenamed
from wallflower.domain.voices import VoiceKeeper
from wallflower.store import LineQuery, Store


async def test_the_speaker_stage_can_keep_voices_here(store: Store) -> None:
    keeper: VoiceKeeper = store.voices
    voice = await keeper.add("ge2e", room_print(1, 2.5))
    assert (voice.name, voice.known, voice.encoder, voice.speech_s) == (
        "Voice 1", False, "ge2e", 2.5,
    )  # fmt: skip
    (same,) = await keeper.all("ge2e")
    (print_,) = same.prints
    np.testing.assert_array_equal(print_.embedding, print_of(1))
    assert print_.embedding.dtype == np.float32
    assert (print_.stream_id, same.first_heard, same.last_heard) == ("hall", NOON, NOON)
    assert await keeper.all("ecapa") == []


async def test_a_print_grows_stream_by_stream(store: Store) -> None:
    voice = await store.voices.add("ge2e", room_print(1, 2.5))
    await store.voices.update("ge2e", voice.id, room_print(2, 9, NOON.plus(60)))
    await store.voices.update("ge2e", voice.id, room_print(3, 4, NOON.plus(30), stream_id="porch"))
    grown = await store.voices.get(voice.id)
    assert [(each.stream_id, each.speech_s) for each in grown.prints] == [("hall", 9), ("porch", 4)]
    np.testing.assert_array_equal(grown.prints[0].embedding, print_of(2))
    assert (grown.first_heard, grown.last_heard) == (NOON, NOON.plus(60))


async def test_what_grew_from_a_print_that_is_no_more_is_not_kept(store: Store) -> None:
    voice = await store.voices.add("ge2e", room_print(1, 2.5))
    heard = voice.print_on("hall")
    # Made anew, since lines moved, while somebody was being heard.
    await store.voices.update("ge2e", voice.id, room_print(2, 9))
    await store.voices.update("ge2e", voice.id, room_print(3, 10, NOON.plus(60)), grown_from=heard)
    (print_,) = (now := await store.voices.get(voice.id)).prints
    np.testing.assert_array_equal(print_.embedding, print_of(2))
    assert now.last_heard == NOON.plus(60)
    await store.voices.update("ge2e", voice.id, room_print(3, 10), grown_from=print_)
    (print_,) = (await store.voices.get(voice.id)).prints
    np.testing.assert_array_equal(print_.embedding, print_of(3))
    # Nor is one that was taken away.
    gone = room_print(4, stream_id="porch")
    await store.voices.update("ge2e", voice.id, gone, grown_from=gone)
    assert len((await store.voices.get(voice.id)).prints) == 1


async def test_prints_of_two_encoders_never_mix(store: Store) -> None:
    voice = await store.voices.add("ge2e", room_print(1, 2.5))
    await store.voices.update("ecapa", voice.id, room_print(2, 3, NOON.plus(9)))
    for encoder, seed in (("ge2e", 1), ("ecapa", 2)):
        (found,) = await store.voices.all(encoder)
        (print_,) = found.prints
        assert found.encoder == encoder
        np.testing.assert_array_equal(print_.embedding, print_of(seed))
    assert (await store.voices.get(voice.id)).encoder == "ecapa"


async def test_the_best_samples_of_each_room_are_kept(store: Store) -> None:
    voice = await store.voices.add("ge2e", room_print())
    for quality in (0.2, 0.9, 0.5, 0.7):
        await store.voices.keep_sample(voice.id, sample(quality))
    await store.voices.keep_sample(voice.id, sample(0.1, stream_id="porch"))
    kept = await store.voices.samples(voice.id)
    assert [(each.stream_id, each.quality) for each in kept] == [
        ("hall", 0.9), ("hall", 0.7), ("porch", 0.1),
    ]  # fmt: skip
    for stream in range(9):
        await store.voices.keep_sample(voice.id, sample(0.6, stream_id=f"room_{stream}"))
    assert len(await store.voices.samples(voice.id)) == 8


async def test_a_voice_that_is_gone_is_ignored_by_update_and_not_found_by_others(
    store: Store,
) -> None:
    await store.voices.update("ge2e", 5, room_print())
    await store.voices.keep_sample(5, sample())
    assert await store.voices.samples(5) == []
    with pytest.raises(NotFound, match="no voice 5"):
        await store.voices.get(5)
    with pytest.raises(NotFound, match="no voice 5"):
        await rename(store, 5, "Anna")


async def test_numbers_are_never_given_twice(store: Store, clock: ManualClock) -> None:
    for number in (1, 2):
        assert (await store.voices.add("ge2e", room_print(number))).name == f"Voice {number}"
    await rename(store, 2, "Anna")
    # A number that a person took as a name is used, too.
    await rename(store, 1, "voice 4")
    assert (await store.voices.add("ge2e", room_print(3))).name == "Voice 3"
    assert (await store.voices.add("ge2e", room_print(4))).name == "Voice 5"


async def test_voices_added_at_once_get_names_of_their_own(store: Store) -> None:
    voices = await asyncio.gather(*(store.voices.add("ge2e", room_print(i)) for i in range(8)))
    assert {voice.name for voice in voices} == {f"Voice {i}" for i in range(1, 9)}


async def test_everyone_is_ordered_by_when_they_were_heard_last(store: Store) -> None:
    for i in range(3):
        await store.voices.add("ge2e", room_print(i, 1, NOON.plus(i)))
    await store.voices.update("ge2e", 1, room_print(1, 2, NOON.plus(10)))
    assert [voice.id for voice in await store.voices.everyone()] == [1, 3, 2]


async def test_everyone_on_one_stream(store: Store) -> None:
    anna = await store.voices.add("ge2e", room_print(1))
    ben = await store.voices.add("ge2e", room_print(2))
    await store.lines.commit(
        [
            line(speaker=anna.ref(1), stream_id="hall"),
            line(speaker=ben.ref(1), stream_id="porch"),
            line(stream_id="attic"),
        ]
    )
    assert [voice.id for voice in await store.voices.everyone("porch")] == [ben.id]
    assert await store.voices.everyone("attic") == []


async def test_a_new_name_shows_on_past_lines_at_once(store: Store) -> None:
    voice = await store.voices.add("ge2e", room_print(1))
    await store.lines.commit([line(speaker=voice.ref(0.7))])
    event = await rename(store, voice.id, "  Anna   Maria ")
    assert event == SpeakerRenamed(2, voice.id, "Anna Maria", known=True)

    (found,) = (await store.lines.page(LineQuery())).items
    assert found.speaker is not None
    assert (found.speaker.name, found.speaker.known, found.speaker.confidence) == (
        "Anna Maria", True, 0.7,
    )  # fmt: skip
    committed, renamed = await store.journal.after(0)
    assert renamed == event
    assert getattr(committed, "line", None) == found


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
async def test_a_name_must_be_one(store: Store, name: str) -> None:
    voice = await store.voices.add("ge2e", room_print(1))
    with pytest.raises(BadInput):
        await rename(store, voice.id, name)
    assert not (await store.voices.get(voice.id)).known


async def test_two_voices_cannot_share_a_name_but_one_may_change_its_case(store: Store) -> None:
    anna = await store.voices.add("ge2e", room_print(1))
    ben = await store.voices.add("ge2e", room_print(2))
    await rename(store, anna.id, "Änne Groß")
    with pytest.raises(Conflict, match="already"):
        await rename(store, ben.id, "ÄNNE GROSS")
    with pytest.raises(Conflict):
        await rename(store, anna.id, "voice 2")
    assert (await rename(store, anna.id, "änne groß")).name == "änne groß"
