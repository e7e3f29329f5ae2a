"""Recorded talks and a made-up house after the second look."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.speakers.test_talks import confusion, rttm, utterances
from tests.support.day import live
from tests.support.voices import MemoryVoices
from wallflower.runtime.workers import Workers
from wallflower.speakers import Encoder, Speakers
from wallflower.speakers.hindsight.recording import look_again

Stretch = tuple[float, float, str]


async def looked(media: Path, encoder: Encoder, workers: Workers) -> list[Stretch]:
    speakers = Speakers(encoder, MemoryVoices(), workers)
    said = await asyncio.to_thread(utterances, media)
    heard = [await speakers.hear(each) for each in said]
    again = await workers.run(look_again, heard, (), encoder.calibration)
    return [
        (each.start.seconds + turn.start_s, each.start.seconds + turn.end_s, turn.speaker.name)
        for each, voices in zip(said, again, strict=True)
        for turn in voices.turns
    ]


@pytest.mark.speech
@pytest.mark.filterwarnings("ignore:'uem' was approximated")
@pytest.mark.parametrize(("talks", "at_most"), [("conv", 0.005), ("rooms", 0.08)])
async def test_people_nobody_has_heard_before(
    speech: Path, encoder: Encoder, workers: Workers, talks: str, at_most: float
) -> None:
    scored, counted = [], []
    for truth in sorted((speech / talks).glob("*.rttm")):
        found = await looked(truth.with_suffix(".flac"), encoder, workers)
        scored.append((rttm(truth), found))
        counted.append(len({who for *_, who in found}) == len({who for *_, who in rttm(truth)}))
    assert confusion(scored) <= at_most
    assert sum(counted) >= len(counted) - 2


@pytest.mark.speech
async def test_a_morning_in_a_house(speech: Path, tmp_path: Path) -> None:
    morning = await live(speech, tmp_path, seed=4, talks=6, seconds=30.0)
    assert morning.lines > 30
    assert morning.residents_right >= 0.85
    assert morning.visitors_taken <= 0.15
    assert morning.visitor_voices <= 6
