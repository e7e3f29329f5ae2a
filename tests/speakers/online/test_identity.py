"""Utterances in, turns out: made voices through the real encoder."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from tests.speakers.made import spoken, utterance
from tests.support.voices import MemoryVoices
from wallflower.domain.errors import DiskFull
from wallflower.domain.speech import Turn, Utterance
from wallflower.domain.voices import RoomPrint, Sample
from wallflower.runtime.workers import Workers
from wallflower.speakers import Encoder, Speakers


@pytest.fixture
def voices() -> MemoryVoices:
    return MemoryVoices()


@pytest.fixture
def speakers(encoder: Encoder, voices: MemoryVoices, workers: Workers) -> Speakers:
    return Speakers(encoder, voices, workers)


async def turns(speakers: Speakers, heard: Utterance) -> tuple[Turn, ...]:
    return (await speakers.hear(heard)).turns


def ids(heard: tuple[Turn, ...]) -> list[int]:
    return [turn.speaker.id for turn in heard]


async def test_voices_are_founded_once_and_known_again(speakers: Speakers) -> None:
    heard = [
        await turns(speakers, utterance(spoken(voice, seconds), number=number))
        for number, (voice, seconds) in enumerate(
            [("low", 3.0), ("high", 2.5), ("low", 2.0), ("high", 4.0)], start=1
        )
    ]
    assert [ids(each) for each in heard] == [[1], [2], [1], [2]]
    (turn,) = heard[2]
    assert (turn.start_s, turn.end_s) == (0.0, 2.0)
    assert turn.speaker.name == "Voice 1"
    assert not turn.speaker.known
    assert 0.7 < turn.speaker.confidence <= 1.0


async def test_two_people_in_one_utterance_are_two_turns(speakers: Speakers) -> None:
    pcm = np.concatenate([spoken("low", 3.0), spoken("high", 2.5)])
    first, second = await turns(speakers, utterance(pcm))
    assert first.speaker.id != second.speaker.id
    assert first.end_s == second.start_s == pytest.approx(3.0, abs=0.4)
    assert (first.start_s, second.end_s) == (0.0, 5.5)


async def test_a_voice_is_the_same_on_every_stream(speakers: Speakers) -> None:
    hall = await turns(speakers, utterance(spoken("low", 3.0), stream="hall"))
    kitchen = await turns(speakers, utterance(spoken("low", 3.0, level=0.02), stream="kitchen"))
    assert ids(hall) == ids(kitchen) == [1]


async def test_two_streams_that_hear_somebody_new_at_once_found_one_voice(
    speakers: Speakers, voices: MemoryVoices
) -> None:
    heard = await asyncio.gather(
        *(turns(speakers, utterance(spoken("low", 3.0), stream=f"s{at}")) for at in range(6))
    )
    assert [ids(each) for each in heard] == [[1]] * 6
    assert len(voices.kept) == 1


async def test_a_short_word_founds_no_voice(speakers: Speakers, voices: MemoryVoices) -> None:
    assert await turns(speakers, utterance(spoken("low", 0.8))) == ()
    assert not voices.kept


async def test_a_short_word_of_a_known_voice_is_named(speakers: Speakers) -> None:
    await turns(speakers, utterance(spoken("low", 4.0), number=1))
    await turns(speakers, utterance(spoken("high", 4.0), number=2))
    assert ids(await turns(speakers, utterance(spoken("high", 0.8), number=3))) == [2]


async def test_hardly_any_speech_has_no_turn(speakers: Speakers) -> None:
    assert await turns(speakers, utterance(spoken("low", 0.2))) == ()


async def test_a_name_given_meanwhile_is_on_the_next_turn(
    speakers: Speakers, voices: MemoryVoices
) -> None:
    await turns(speakers, utterance(spoken("low", 3.0), number=1))
    voices.rename(1, "Anna")
    (turn,) = await turns(speakers, utterance(spoken("low", 3.0), number=2))
    assert (turn.speaker.name, turn.speaker.known) == ("Anna", True)


async def test_what_is_heard_teaches_the_voice(speakers: Speakers, voices: MemoryVoices) -> None:
    await turns(speakers, utterance(spoken("low", 3.0), number=1))
    before = voices.kept[1]
    second = utterance(spoken("low", 2.0), number=2)
    await turns(speakers, second)
    after = voices.kept[1]
    assert [before.speech_s, after.speech_s] == pytest.approx([3.0, 5.0])
    assert after.last_heard == second.start.plus(2.0)
    assert after.first_heard == before.first_heard
    assert 0.9 < float(after.centroid @ before.centroid) < 1.0


async def test_a_snapshot_founds_and_teaches_nothing(
    speakers: Speakers, voices: MemoryVoices
) -> None:
    assert await turns(speakers, utterance(spoken("low", 3.0), ended=False)) == ()
    assert not voices.kept
    await turns(speakers, utterance(spoken("low", 3.0), number=2))
    before = voices.kept[1]
    snapshot = await turns(speakers, utterance(spoken("low", 2.0), number=3, ended=False))
    assert ids(snapshot) == [1]
    assert voices.kept[1] is before


async def test_a_voice_removed_meanwhile_is_not_named(
    speakers: Speakers, voices: MemoryVoices
) -> None:
    await turns(speakers, utterance(spoken("low", 3.0), number=1))
    del voices.kept[1]
    assert ids(await turns(speakers, utterance(spoken("low", 3.0), number=2))) == [2]


async def test_prints_of_another_encoder_are_not_compared(
    speakers: Speakers, voices: MemoryVoices, encoder: Encoder
) -> None:
    (alien,) = encoder.embed([spoken("low", 1.0)])
    other = utterance(spoken("low", 3.0))
    await voices.add("another encoder", RoomPrint("hall", alien, 30.0, other.start))
    assert ids(await turns(speakers, other)) == [2]


async def test_a_stream_that_is_gone_leaves_nothing(speakers: Speakers) -> None:
    await turns(speakers, utterance(spoken("low", 3.0), stream="hall"))
    assert list(speakers._rooms) == ["hall"]
    speakers.forget("hall")
    speakers.forget("hall")
    assert not speakers._rooms


async def test_a_print_that_cannot_be_kept_still_has_its_name(
    encoder: Encoder, workers: Workers
) -> None:
    class FullDisk(MemoryVoices):
        async def update(
            self,
            encoder: str,
            voice_id: int,
            learnt: RoomPrint,
            *,
            grown_from: RoomPrint | None = None,
        ) -> None:
            raise DiskFull("no room")

        async def keep_sample(self, voice_id: int, sample: Sample) -> None:
            raise DiskFull("no room")

    speakers = Speakers(encoder, FullDisk(), workers)
    await turns(speakers, utterance(spoken("low", 3.0), number=1))
    assert ids(await turns(speakers, utterance(spoken("low", 3.0), number=2))) == [1]


async def test_prints_tile_the_speech_also_where_nobody_is_named(
    speakers: Speakers, encoder: Encoder
) -> None:
    heard = await speakers.hear(utterance(spoken("low", 0.9)))
    assert heard.turns == ()
    assert heard.prints is not None
    assert heard.prints.edges_s.tolist() == [0.0, 0.9]
    assert heard.prints.encoder == encoder.name
    assert heard.prints.windows.shape == (1, encoder.dimension)


async def test_each_stream_has_its_own_print_of_a_voice(
    speakers: Speakers, voices: MemoryVoices
) -> None:
    await speakers.hear(utterance(spoken("low", 3.0), stream="hall"))
    await speakers.hear(utterance(spoken("low", 4.0, level=0.02), stream="kitchen"))
    (voice,) = voices.kept.values()
    assert [each.stream_id for each in voice.prints] == ["hall", "kitchen"]
    assert [each.speech_s for each in voice.prints] == pytest.approx([3.0, 4.0])
    assert voice.speech_s == pytest.approx(7.0)


async def test_clear_speech_is_offered_as_a_sample(
    speakers: Speakers, voices: MemoryVoices
) -> None:
    pcm = spoken("low", 6.0)
    await speakers.hear(utterance(pcm))
    (sample,) = voices.samples[1]
    assert sample.stream_id == "hall"
    np.testing.assert_array_equal(sample.pcm, pcm[16_000:80_000])
    assert 0.0 < sample.quality <= 1.0
    await speakers.hear(utterance(spoken("low", 1.5), number=2))
    assert len(voices.samples[1]) == 1
