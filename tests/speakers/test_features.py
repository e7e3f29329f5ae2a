"""Properties of the mel front end; its numbers are compared in test_export."""

from __future__ import annotations

import numpy as np
import pytest

from tests.speakers.made import spoken
from wallflower.domain.times import SAMPLE_RATE
from wallflower.speakers.features import BANDS, mel_spectrogram, raising_gain


@pytest.mark.parametrize("samples", [0, 1, 159, 160, 16_000, 25_611])
def test_a_frame_every_10_ms(samples: int) -> None:
    mel = mel_spectrogram(np.ones(samples, np.int16))
    assert mel.shape == (1 + samples // 160, BANDS)
    assert mel.dtype == np.float32


def test_a_tone_sounds_in_its_own_band() -> None:
    time_s = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    loudest = [
        int(mel_spectrogram((9000 * np.sin(2 * np.pi * hz * time_s)).astype(np.int16))[50].argmax())
        for hz in (200, 500, 1000, 2000, 4000, 7000)
    ]
    assert loudest == sorted(set(loudest))


def test_gain_is_the_same_as_a_louder_voice() -> None:
    pcm = spoken("low", 0.3, level=0.05)
    np.testing.assert_allclose(
        mel_spectrogram(pcm, gain=2.0), mel_spectrogram(pcm * 2), rtol=1e-4, atol=1e-12
    )


def test_faint_speech_is_raised_and_loud_speech_left_alone() -> None:
    faint = spoken("low", 0.5, level=0.003)
    raised_rms = np.sqrt(np.mean((faint * raising_gain(faint) / 32768) ** 2))
    assert 20 * np.log10(raised_rms) == pytest.approx(-30, abs=0.01)
    assert raising_gain(spoken("low", 0.5, level=0.2)) == 1.0


@pytest.mark.parametrize("samples", [0, 400])
def test_silence_is_not_raised(samples: int) -> None:
    assert raising_gain(np.zeros(samples, np.int16)) == 1.0
