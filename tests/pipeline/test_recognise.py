"""From one utterance to its lines, with a recogniser in memory that breaks as told."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from tests.support.engine import ToldEngine, hear
from wallflower.domain.errors import DiskFull, EngineFailed
from wallflower.domain.prints import Prints
from wallflower.domain.speech import SpeakerRef, Turn, Utterance, VoicesHeard
from wallflower.domain.times import SAMPLE_RATE, WallTime
from wallflower.pipeline.recognise import lines_of, voices_of, words_of

ANNA = SpeakerRef(1, "Anna", True, 0.9)
UTTERANCE = Utterance("hall", 1, np.zeros(2 * SAMPLE_RATE, np.int16), WallTime(0), 0.3, 1.8)

WINDOWS = np.eye(3, dtype=np.float32)


class Voices:
    """Always Anna, unless the store cannot keep her."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.asked: list[Utterance] = []
        self._trouble = trouble

    async def hear(self, utterance: Utterance) -> VoicesHeard:
        await asyncio.sleep(0)
        self.asked.append(utterance)
        if self._trouble is not None:
            raise self._trouble
        start_s, end_s = utterance.speech_start_s, utterance.speech_end_s
        edges_s = np.linspace(start_s, end_s, len(WINDOWS) + 1)
        prints = Prints("test", WINDOWS, edges_s, np.zeros(len(WINDOWS), np.bool_), 30.0)
        return VoicesHeard((Turn(start_s, end_s, ANNA),), prints)

    def forget(self, stream_id: str) -> None:
        raise AssertionError("asked for turns only")


async def test_an_engine_that_breaks_once_is_asked_again() -> None:
    engine = ToldEngine()
    engine.breaks = 1
    assert (await words_of(UTTERANCE, engine.open("hall"))).text == "utterance 1"
    assert len(engine.finals) == 2


async def test_an_engine_that_breaks_twice_has_failed() -> None:
    engine = ToldEngine()
    engine.breaks = 3
    with pytest.raises(EngineFailed):
        await words_of(UTTERANCE, engine.open("hall"))
    assert len(engine.finals) == 2


async def test_words_and_turns_become_lines() -> None:
    (line,) = await lines_of(UTTERANCE, hear(UTTERANCE, "Good morning."), Voices())
    assert (line.text, line.speaker, line.engine) == ("Good morning.", ANNA, "test")
    assert line.prints is not None
    assert line.prints.edges_s[0] == pytest.approx(0.3 - line.start.seconds)
    np.testing.assert_array_equal(line.prints.windows, WINDOWS)


async def test_nobody_is_asked_who_said_nothing() -> None:
    voices = Voices()
    assert await lines_of(UTTERANCE, hear(UTTERANCE, ""), voices) == ()
    assert voices.asked == []


async def test_a_voice_without_words_is_heard_but_teaches_nothing() -> None:
    voices = Voices()
    heard = await voices_of(UTTERANCE, hear(UTTERANCE, ""), voices)
    assert [turn.speaker for turn in heard.turns] == [ANNA]
    assert [utterance.ended for utterance in voices.asked] == [False]


async def test_without_speaker_recognition_lines_have_no_speaker() -> None:
    (line,) = await lines_of(UTTERANCE, hear(UTTERANCE, "Good morning."), None)
    assert line.speaker is None
    assert line.prints is None


async def test_a_voice_that_cannot_be_kept_costs_no_words() -> None:
    voices = Voices(DiskFull("The disk is full; make space."))
    (line,) = await lines_of(UTTERANCE, hear(UTTERANCE, "Good morning."), voices)
    assert (line.text, line.speaker) == ("Good morning.", None)
