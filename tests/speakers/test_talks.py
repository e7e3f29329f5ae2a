"""Recorded talks through the voice detector and the real encoder, as first announced."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from pyannote.core import Annotation, Segment
from pyannote.metrics.diarization import DiarizationErrorRate

import wallflower
from tests.support.voices import MemoryVoices
from wallflower.audio import Ended, Segmenter, SileroModel
from wallflower.domain.pcm import PcmBlock
from wallflower.domain.speech import Utterance
from wallflower.domain.times import MediaTime, WallTime
from wallflower.runtime.workers import Workers
from wallflower.speakers import Encoder, Speakers

SCENE = Path(wallflower.__file__).parent / "cli/demo/scene.mp4"
Stretch = tuple[float, float, str]


def utterances(media: Path) -> list[Utterance]:
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(media), "-ac", "1", "-ar", "16000"]
    sound = subprocess.run([*argv, "-f", "s16le", "-"], capture_output=True, check=True).stdout
    segmenter = Segmenter(media.stem, SileroModel.load())
    heard = []
    for at in range(0, len(sound), 4096):
        media_time = MediaTime.from_samples(at // 2)
        heard += segmenter.feed(
            PcmBlock(sound[at : at + 4096], media_time, WallTime(media_time.ns))
        )
    heard += segmenter.flush()
    return [event.utterance for event in heard if isinstance(event, Ended)]


async def who(speakers: Speakers, media: Path) -> list[Stretch]:
    found = []
    for each in await asyncio.to_thread(utterances, media):
        start_s = each.start.seconds
        found += [
            (start_s + turn.start_s, start_s + turn.end_s, turn.speaker.name)
            for turn in (await speakers.hear(each)).turns
        ]
    return found


def annotation(stretches: Iterable[Stretch]) -> Annotation:
    turns = Annotation()
    for number, (start_s, end_s, name) in enumerate(stretches):
        turns[Segment(start_s, end_s), number] = name
    return turns


def rttm(path: Path) -> list[Stretch]:
    rows = [line.split() for line in path.read_text().splitlines()]
    return [(float(row[3]), float(row[3]) + float(row[4]), row[7]) for row in rows]


def confusion(talks: Iterable[tuple[Iterable[Stretch], Iterable[Stretch]]]) -> float:
    """Share of speech given to the wrong person over all (truth, found), collar 0.25 s."""
    metric = DiarizationErrorRate(collar=0.25, skip_overlap=False)
    for truth, found in talks:
        metric(annotation(truth), annotation(found))
    sums = metric.accumulated_
    return float(sums["confusion"] / sums["total"])


@pytest.mark.filterwarnings("ignore:'uem' was approximated")
async def test_the_three_people_of_the_bundled_scene(encoder: Encoder, workers: Workers) -> None:
    lines = json.loads(SCENE.with_suffix(".json").read_text())["lines"]
    truth = [(line["start"], line["end"], line["speaker"]) for line in lines]
    found = await who(Speakers(encoder, MemoryVoices(), workers), SCENE)
    assert {name for *_, name in found} == {"Voice 1", "Voice 2", "Voice 3"}
    assert confusion([(truth, found)]) == 0.0


@pytest.mark.speech
@pytest.mark.filterwarnings("ignore:'uem' was approximated")
@pytest.mark.parametrize(("talks", "at_most"), [("conv", 0.02), ("rooms", 0.12)])
async def test_people_nobody_has_heard_before(
    speech: Path, encoder: Encoder, workers: Workers, talks: str, at_most: float
) -> None:
    scored = []
    for truth in sorted((speech / talks).glob("*.rttm")):
        speakers = Speakers(encoder, MemoryVoices(), workers)
        scored.append((rttm(truth), await who(speakers, truth.with_suffix(".flac"))))
    assert scored
    assert confusion(scored) <= at_most


@pytest.mark.speech
@pytest.mark.filterwarnings("ignore:'uem' was approximated")
async def test_three_people_in_three_rooms_stay_few_voices(
    speech: Path, encoder: Encoder, workers: Workers
) -> None:
    keeper = MemoryVoices()
    speakers = Speakers(encoder, keeper, workers)
    truth, found = [], []
    for number, room in enumerate(("quiet", "living", "noisy")):
        media = speech / f"conv/{room}-3spk.flac"
        later_s = 200.0 * number  # one after the other, so that names must stay the same
        truth += [
            (a + later_s, b + later_s, name) for a, b, name in rttm(media.with_suffix(".rttm"))
        ]
        found += [(a + later_s, b + later_s, name) for a, b, name in await who(speakers, media)]
    assert len(keeper.kept) == 3
    assert confusion([(truth, found)]) <= 0.02
