"""The bundled scene as a file, through the real stages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.support.engine import ToldEngine, hear
from tests.support.scene import SCENE, TRUTH, cut, wer
from tests.support.voices import MemoryVoices
from wallflower.asr.contract import Engine
from wallflower.asr.embedded import EmbeddedEngine
from wallflower.audio import SegmenterSettings, SileroModel
from wallflower.domain.errors import EngineFailed, NoAudio
from wallflower.domain.speech import Line, SpeakerRef, Turn, Utterance, VoicesHeard
from wallflower.domain.times import SAMPLE_RATE, WallTime
from wallflower.pipeline import Recognised, recognise_file, without_noises
from wallflower.pipeline.shared import Speakers as SpeakersStage
from wallflower.runtime.clock import SystemClock
from wallflower.runtime.workers import Workers
from wallflower.speakers import Encoder, Speakers


@asynccontextmanager
async def tiny(tmp_path: Path) -> AsyncIterator[EmbeddedEngine]:
    engine = EmbeddedEngine("tiny.en", data=tmp_path)
    await engine.start()
    try:
        yield engine
    finally:
        await engine.close()


async def through(
    media: Path,
    engine: Engine,
    silero: SileroModel,
    ffmpeg: str,
    speakers: SpeakersStage | None = None,
    *,
    realtime: bool = False,
) -> AsyncIterator[Line]:
    recognised = recognise_file(
        media,
        engine=engine,
        speakers=speakers,
        vad=silero,
        segmenter=SegmenterSettings(),
        ffmpeg=ffmpeg,
        clock=SystemClock(),
        realtime=realtime,
    )
    async with aclosing(recognised):
        async for each in recognised:
            for line in each.lines():
                yield line


async def test_the_scene(
    tmp_path: Path, silero: SileroModel, encoder: Encoder, ffmpeg: str
) -> None:
    thread = Workers("speakers")
    try:
        speakers = Speakers(encoder, MemoryVoices(), thread)
        async with tiny(tmp_path) as engine:
            lines = [line async for line in through(SCENE, engine, silero, ffmpeg, speakers)]
    finally:
        await asyncio.to_thread(thread.close)
    assert [line.start for line in lines] == sorted(line.start for line in lines)
    assert wer([line.text for line in lines]) <= 0.10
    assert {line.engine for line in lines} == {"embedded:tiny.en"}
    people: dict[int, set[str]] = {}
    for line in lines:
        assert line.speaker is not None
        middle_s = (line.start.seconds + line.end.seconds) / 2
        (said,) = [said for said in TRUTH if said.start - 0.5 <= middle_s <= said.end + 0.5]
        people.setdefault(line.speaker.id, set()).add(said.speaker)
    # Three voices, each one person's, and each person's one voice.
    assert sorted(people.values(), key=sorted) == [{"Alan"}, {"Marc"}, {"Ruth"}]


async def test_a_broken_engine_ends_it(silero: SileroModel, ffmpeg: str) -> None:
    engine = ToldEngine()
    engine.breaks = 1000
    with pytest.raises(EngineFailed, match="broke"):
        async for _ in through(SCENE, engine, silero, ffmpeg):
            pass


async def test_a_film_without_sound_is_told(
    tmp_path: Path, silero: SileroModel, ffmpeg: str
) -> None:
    film = cut(tmp_path / "mute.mkv", seconds=3, sound=False)
    with pytest.raises(NoAudio):
        async for _ in through(film, ToldEngine(), silero, ffmpeg):
            pass


async def test_realtime_is_no_faster_than_speech(
    tmp_path: Path, silero: SileroModel, ffmpeg: str
) -> None:
    short = cut(tmp_path / "short.mkv", seconds=3)
    began = time.monotonic()
    lines = [line async for line in through(short, ToldEngine(), silero, ffmpeg, realtime=True)]
    assert len(lines) >= 1
    assert time.monotonic() - began > 2.5


def test_a_voice_that_never_says_a_word_is_a_noise() -> None:
    def found(text: str, voice: int) -> Recognised:
        utterance = Utterance("talk", 1, np.zeros(SAMPLE_RATE, np.int16), WallTime(0), 0.0, 1.0)
        turn = Turn(0.0, 1.0, SpeakerRef(voice, f"Voice {voice}", False, 0.9))
        return Recognised(utterance, hear(utterance, text), VoicesHeard((turn,)))

    kept = without_noises([found("Sit.", 1), found("", 2), found("", 1)])
    assert [[turn.speaker.id for turn in each.heard.turns] for each in kept] == [[1], [], [1]]
