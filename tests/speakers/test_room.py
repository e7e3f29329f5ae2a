from __future__ import annotations

import numpy as np
import pytest

from tests.speakers.made import START, spoken
from tests.speakers.prints import DIMENSION, piece, somewhere_else, voice
from wallflower.domain.speech import Pcm
from wallflower.domain.voices import Voice
from wallflower.speakers.room import Room, contrast_db
from wallflower.speakers.scoring import LEARN_FROM_S


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
    room.hear(quiet, 2.0)
    assert room.contrast_db == pytest.approx(contrast_db(quiet))
    room.hear(loud, 2.0)
    assert room.contrast_db == pytest.approx((contrast_db(quiet) + contrast_db(loud)) / 2)
    for _ in range(60):
        room.hear(loud, 2.0)
    assert room.contrast_db == pytest.approx(contrast_db(loud), abs=0.5)
    assert room.heard_s == pytest.approx(124.0)


def kept(number: int, seconds: float) -> Voice:
    return Voice(number, f"Voice {number}", False, "test", voice(number), seconds, START, START)


def test_a_voice_is_known_as_it_sounds_here() -> None:
    room = Room()
    moved = piece(somewhere_else(voice(2)), 3.0)
    room.learn(2, moved)
    room.learn(2, moved)
    known = room.known([kept(1, 100.0), kept(2, 9.0)], DIMENSION)
    assert known.here.tolist() == [False, True]
    assert known.speech_s.tolist() == [LEARN_FROM_S, 6.0]
    np.testing.assert_allclose(known.prints, [voice(1), moved.mean], atol=1e-6)


def test_a_voice_that_is_gone_is_forgotten() -> None:
    room = Room()
    room.learn(2, piece(voice(2), 3.0))
    assert room.known([], DIMENSION).prints.shape == (0, DIMENSION)
    assert room.known([kept(2, 9.0)], DIMENSION).here.tolist() == [False]
