from __future__ import annotations

import json
from functools import cache
from itertools import permutations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tests.audio.recordings import read_sound
from tests.speakers.made import START, spoken
from tests.support.talks import KINDS, LEVEL, Library, Room, convolved
from wallflower.domain.prints import Prints
from wallflower.domain.voices import RoomPrint, Voice
from wallflower.speakers import Encoder
from wallflower.speakers.clips import clip_prints
from wallflower.speakers.odds.fitting import cost
from wallflower.speakers.odds.verification import verify


def prints_of(encoder: Encoder, pcm: npt.NDArray[np.int16]) -> Prints:
    prints = clip_prints(encoder, pcm)
    assert prints is not None
    return prints


def voice(number: int, *clips: Prints) -> Voice:
    """One that was heard in as many rooms."""
    prints = tuple(
        RoomPrint(f"room {at}", mean / np.linalg.norm(mean), seconds, START)
        for at, (mean, seconds) in enumerate(clip.mean() for clip in clips)
    )
    return Voice(number, f"Person {number}", True, clips[0].encoder, prints, START, START)


@pytest.fixture(scope="module")
def clips(encoder: Encoder) -> dict[str, Prints]:
    return {name: prints_of(encoder, spoken(name, 3.0)) for name in ("low", "middle", "high")}


def test_somebody_is_themselves_and_nobody_else(clips: dict[str, Prints]) -> None:
    calibration = Encoder.load().calibration
    for name, clip in clips.items():
        for number, (other, known) in enumerate(clips.items()):
            chance = verify(calibration, clip, voice(number, known))
            assert (chance > 0.98) == (name == other)


def test_a_housemate_who_sounds_the_same_makes_it_unsure(clips: dict[str, Prints]) -> None:
    calibration = Encoder.load().calibration
    anna, twin, other = voice(1, clips["low"]), voice(2, clips["low"]), voice(3, clips["high"])
    alone = verify(calibration, clips["low"], anna)
    assert verify(calibration, clips["low"], anna, [anna, other]) > alone
    assert verify(calibration, clips["low"], anna, [anna, twin, other]) < 0.9


def test_whoever_has_no_prints_counts_for_nothing(clips: dict[str, Prints]) -> None:
    calibration = Encoder.load().calibration
    anna = voice(1, clips["low"])
    lost = Voice(2, "Voice 2", False, anna.encoder, (), START, START)
    assert verify(calibration, clips["low"], anna, [lost]) == verify(
        calibration, clips["low"], anna
    )


@cache
def readers(speech: Path, encoder: Encoder) -> dict[str, tuple[Prints, ...]]:
    """4 s clips by reader: those whom the calibration was not fitted on."""
    held = sorted(Library.load(speech, "held").readers)[::2]  # half of them are quicker
    found: dict[str, tuple[Prints, ...]] = {}
    for row in json.loads((speech / "manifest.json").read_text()):
        if row["task"] == "sv" and row["speaker"] in held:
            clip = prints_of(encoder, read_sound(speech / row["path"]))
            found[row["speaker"]] = (*found.get(row["speaker"], ()), clip)
    return found


@pytest.mark.speech
def test_one_clip_is_enough_to_know_a_reader_again(speech: Path, encoder: Encoder) -> None:
    """The bars: equal error rate 3.5 %, and 1 % false accepts at the default setting."""
    said = readers(speech, encoder)
    right, wrong = [], []
    for one, other in permutations(said, 2):
        known = voice(1, said[other][0])
        wrong += [verify(encoder.calibration, clip, known) for clip in said[one]]
    for mine in said.values():
        known = voice(1, mine[0])
        right += [verify(encoder.calibration, clip, known) for clip in mine[1:]]
    chances = np.sort(right)
    equal = min(max((chances < at).mean(), (np.array(wrong) >= at).mean()) for at in chances)
    assert equal <= 0.035
    assert (np.array(wrong) >= 0.98).mean() <= 0.01
    assert (chances < 0.98).mean() <= 0.05


def in_rooms(speech: Path, encoder: Encoder) -> list[tuple[str, int, Prints]]:
    """Readers whom the calibration was not fitted on, each clip in rooms it has not seen either."""
    library = Library.load(speech, "held")
    heard = []
    for number, who in enumerate(sorted(library.readers)[:8]):
        rooms = [Room.made(library, kind, 300 + number) for kind in KINDS]
        for clip, sound in enumerate(library.clips(who)[:3]):
            room = rooms[clip % 3]
            dry = sound[: 3 * 16_000]
            noise = room.background(len(dry), clip) * LEVEL / 10 ** (room.snr_db / 20)
            wet = convolved(dry, room.response(who))[: len(dry)] + noise
            pcm = (np.clip(wet, -1, 1) * 32767).astype(np.int16)
            heard.append((who, clip, prints_of(encoder, pcm)))
    return heard


@pytest.mark.speech
def test_chances_are_honest_from_room_to_room(speech: Path, encoder: Encoder) -> None:
    """Clips of 3 s, each compared with clips in other rooms; 1 bit is what a coin knows."""
    heard = in_rooms(speech, encoder)
    chances, cosines, same = [], [], []
    for (one, clip, prints), (other, other_clip, known) in permutations(heard, 2):
        if clip != other_clip:
            chances.append(verify(encoder.calibration, prints, voice(1, known)))
            means = [each.mean()[0] for each in (prints, known)]
            cosines.append(means[0] @ means[1] / np.prod(np.linalg.norm(means, axis=1)))
            same.append(one == other)
    truth = np.array(same)
    told = np.clip(np.array(chances), 1e-9, 1 - 1e-9)
    assert cost(np.log(told / (1 - told)), truth) < 0.6
    mistaken = [
        1 - (scores[truth][:, None] > scores[~truth][None]).mean()
        for scores in (told, np.array(cosines))
    ]
    assert mistaken[0] < mistaken[1] / 4, "the map sees past rooms"
    assert (told[~truth] > 0.98).mean() < 0.01
