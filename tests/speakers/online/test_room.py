from __future__ import annotations

import numpy as np
import pytest

from tests.speakers.made import spoken
from wallflower.domain.speech import Pcm
from wallflower.speakers.online.room import Room, contrast_db


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
