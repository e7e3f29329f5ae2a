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


async def who(media: Path, encoder: Encoder, workers: Workers) -> list[Stretch]:
    speakers = Speakers(encoder, MemoryVoices(), workers)
    found = []
    for each in await asyncio.to_thread(utterances, media):
        start_s = each.start.seconds
        found += [
            (start_s + turn.start_s, start_s + turn.end_s, turn.speaker.name)
            for turn in await speakers.turns(each)
        ]
    return found


def confusion(truth: Iterable[Stretch], found: Iterable[Stretch]) -> float:
    """Share of speech given to the wrong person, with the usual collar of 0.25 s."""

    def annotation(stretches: Iterable[Stretch]) -> Annotation:
        turns = Annotation()
        for number, (start_s, end_s, name) in enumerate(stretches):
            turns[Segment(start_s, end_s), number] = name
        return turns

    metric = DiarizationErrorRate(collar=0.25, skip_overlap=False)
    parts = metric(annotation(truth), annotation(found), detailed=True)
    return float(parts["confusion"] / parts["total"])


def rttm(path: Path) -> list[Stretch]:
    rows = [line.split() for line in path.read_text().splitlines()]
    return [(float(row[3]), float(row[3]) + float(row[4]), row[7]) for row in rows]


@pytest.mark.filterwarnings("ignore:'uem' was approximated")
async def test_the_three_people_of_the_bundled_scene(encoder: Encoder, workers: Workers) -> None:
    lines = json.loads(SCENE.with_suffix(".json").read_text())["lines"]
    truth = [(line["start"], line["end"], line["speaker"]) for line in lines]
    found = await who(SCENE, encoder, workers)
    assert {name for *_, name in found} == {"Voice 1", "Voice 2", "Voice 3"}
    assert confusion(truth, found) == 0.0


@pytest.mark.speech
@pytest.mark.filterwarnings("ignore:'uem' was approximated")
@pytest.mark.parametrize(
    ("talk", "people", "at_most"),
    [
        ("conv/quiet-3spk", 3, 0.02),
        ("conv/noisy-3spk", 3, 0.02),
        ("rooms/quiet-2spk-0", 2, 0.05),
        ("rooms/noisy-2spk-0", 2, 0.05),
        ("rooms/living-4spk-2", 4, 0.15),
    ],
)
async def test_recorded_talks(
    speech: Path, encoder: Encoder, workers: Workers, talk: str, people: int, at_most: float
) -> None:
    media = speech / f"{talk}.flac"
    found = await who(media, encoder, workers)
    assert len({name for *_, name in found}) == people
    assert confusion(rttm(media.with_suffix(".rttm")), found) <= at_most
