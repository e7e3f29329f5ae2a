from __future__ import annotations

import numpy as np
import pytest

from tests.speakers.made import START, spoken
from tests.speakers.prints import DIMENSION, somewhere_else, voice
from wallflower.domain.speech import Pcm
from wallflower.domain.voices import RoomPrint, Voice
from wallflower.speakers.room import Room, contrast_db, known_on
from wallflower.speakers.scoring import LEARN_FROM_S, Vectors, unit


def noisy(level: float) -> Pcm:
    speech = np.concatenate([np.zeros(6_400), spoken("low", 2.0), np.zeros(6_400)])
    noise = np.random.default_rng(1).normal(0.0, level * 32768, len(speech))
    return np.clip(speech + noise, -32768, 32767).astype(np.int16)


def test_noise_lowers_the_contrast() -> None:
    contrasts = [contrast_db(noisy(level)) for level in (0.001, 0.01, 0.05, 0.2)]
    assert contrasts == sorted(contrasts, reverse=True)
    assert contrasts[0] > 25
    assert contrasts[-1] < 8


def test_the_level_does_not_matter() -> None:
    pcm = noisy(0.01)
    assert contrast_db(pcm // 4) == pytest.approx(contrast_db(pcm), abs=0.5)


@pytest.mark.parametrize("samples", [0, 100, 16_000])
def test_silence_has_no_contrast(samples: int) -> None:
    assert contrast_db(np.zeros(samples, np.int16)) == 0.0


def test_the_contrast_follows_what_is_heard() -> None:
    quiet, loud = noisy(0.001), noisy(0.2)
    room = Room()
    room.hear(contrast_db(quiet), 2.0)
    assert room.contrast_db == pytest.approx(contrast_db(quiet))
    room.hear(contrast_db(loud), 2.0)
    assert room.contrast_db == pytest.approx((contrast_db(quiet) + contrast_db(loud)) / 2)
    for _ in range(60):
        room.hear(contrast_db(loud), 2.0)
    assert room.contrast_db == pytest.approx(contrast_db(loud), abs=0.5)
    assert room.heard_s == pytest.approx(124.0)


def sounding(number: int, **prints: Vectors) -> Voice:
    """A voice heard for 30 s on each of these streams."""
    heard = tuple(RoomPrint(stream, each, 30.0, START) for stream, each in prints.items())
    return Voice(number, f"Voice {number}", False, "test", heard, START, START)


def test_a_voice_is_known_as_it_sounds_here() -> None:
    moved = somewhere_else(voice(2))
    voices = [sounding(1, kitchen=voice(1)), sounding(2, kitchen=voice(2), hall=moved)]
    known = known_on("hall", voices, DIMENSION)
    assert known.here.tolist() == [False, True]
    assert known.speech_s.tolist() == [30.0, 30.0]
    np.testing.assert_allclose(known.prints, [voice(1), moved], atol=1e-6)


def test_elsewhere_a_voice_is_all_its_prints_together() -> None:
    known = known_on("attic", [sounding(1, kitchen=voice(1), hall=voice(2))], DIMENSION)
    assert known.here.tolist() == [False]
    assert known.speech_s.tolist() == [LEARN_FROM_S]
    np.testing.assert_allclose(known.prints, [unit(voice(1) + voice(2))], atol=1e-6)


def test_an_empty_house_knows_nobody() -> None:
    assert known_on("hall", [], DIMENSION).prints.shape == (0, DIMENSION)
