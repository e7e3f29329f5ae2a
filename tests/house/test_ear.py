"""Clips of real people, through the real encoder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from tests.audio.recordings import read_sound
from tests.store.lines import NOON
from wallflower.domain.errors import BadInput
from wallflower.domain.speech import Pcm
from wallflower.domain.voices import RoomPrint, Sample, Voice
from wallflower.house.ear import ClipEar
from wallflower.house.people import Ear
from wallflower.runtime.workers import Workers
from wallflower.speakers import Encoder


@pytest.fixture
async def ear() -> AsyncIterator[Ear]:
    thread = Workers("speakers")
    yield ClipEar(await thread.run(Encoder.load), thread)
    await asyncio.to_thread(thread.close)


@pytest.fixture
def clips(speech: Path) -> dict[str, list[Pcm]]:
    """Three clips of 4 s of each of three readers."""
    names = sorted({path.stem.split("_")[0] for path in (speech / "sv").glob("*.flac")})[:3]
    return {
        name: [read_sound(path) for path in sorted((speech / "sv").glob(f"{name}_*.flac"))]
        for name in names
    }


def person(ear: Ear, number: int, learnt: RoomPrint) -> Voice:
    return Voice(number, f"Person {number}", True, ear.encoder, (learnt,), NOON, NOON)


@pytest.mark.speech
async def test_one_clip_is_enough_to_know_somebody(ear: Ear, clips: dict[str, list[Pcm]]) -> None:
    house = [
        person(ear, number, (await ear.learn(first, NOON))[0])
        for number, (first, *_) in enumerate(clips.values())
    ]
    for number, (_, *others) in enumerate(clips.values()):
        for clip in others:
            told = [await ear.verify(clip, voice, house) for voice in house]
            assert max(told, key=lambda each: each.probability).voice_id == number
            assert not any(each.accepted for each in told if each.voice_id != number)


@pytest.mark.speech
async def test_what_is_kept_of_a_clip_teaches_the_same(
    ear: Ear, clips: dict[str, list[Pcm]]
) -> None:
    (clip, *_), *_ = clips.values()
    learnt, sample = await ear.learn(clip, NOON)
    assert (learnt.stream_id, learnt.last_heard, learnt.embedding.shape) == (
        "", NOON, (ear.dimension,),
    )  # fmt: skip
    assert 1.5 <= learnt.speech_s <= 4.0
    again = await ear.print_of([sample, sample])
    assert again is not None
    assert float(again.embedding @ learnt.embedding) > 0.98


async def test_too_little_speech_is_told(ear: Ear) -> None:
    silence: Pcm = np.zeros(5 * 16_000, np.int16)
    with pytest.raises(BadInput, match=r"holds 0\.0 s of speech; record a few seconds"):
        await ear.learn(silence, NOON)
    with pytest.raises(BadInput, match="too little speech"):
        await ear.verify(silence, person(ear, 1, await _anybody(ear)), [])
    assert await ear.print_of([Sample("", silence, 0.5, NOON)]) is None


async def _anybody(ear: Ear) -> RoomPrint:
    direction = np.ones(ear.dimension, np.float32)
    return RoomPrint("", direction / np.linalg.norm(direction), 4.0, NOON)
