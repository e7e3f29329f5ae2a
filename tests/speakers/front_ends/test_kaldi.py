from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.speakers.front_ends.compared import EVERY, FBANKS
from tests.speakers.made import spoken, windows_to_compare
from wallflower.speakers.front_ends import KaldiFbank


@pytest.mark.parametrize("setting", FBANKS)
@pytest.mark.parametrize("name", windows_to_compare())
def test_it_is_what_kaldi_computes(setting: str, name: str) -> None:
    with np.load(Path(__file__).parent / "kaldi.npz") as reference:
        expected = reference[f"{setting}: {name}"]
    (found,) = FBANKS[setting].features([windows_to_compare()[name]])[:, ::EVERY]
    np.testing.assert_allclose(found, expected, atol=3e-3)  # Kaldi computes in single precision


def test_the_mean_of_each_band_is_taken_off() -> None:
    found = KaldiFbank().features([spoken("low", 1.0), spoken("high", 1.0)])
    assert found.shape == (2, 98, 80)
    np.testing.assert_allclose(found.mean(axis=1), 0.0, atol=1e-4)


def test_full_scale_only_shifts_logarithms() -> None:
    pcm = [spoken("low", 0.5)]
    whole = KaldiFbank(mean_normalised=False).features(pcm)
    unit = KaldiFbank(mean_normalised=False, full_scale=1.0).features(pcm)
    shift = whole - unit
    loud = unit > np.log(1e-5)  # away from the floor
    np.testing.assert_allclose(shift[loud], 2 * np.log(32768), rtol=1e-4)


def test_bands_may_come_first() -> None:
    pcm = [spoken("low", 0.5)]
    first = KaldiFbank(bands_first=True)
    assert first.axes == (None, 80, None)
    np.testing.assert_array_equal(
        first.features(pcm), KaldiFbank().features(pcm).transpose(0, 2, 1)
    )


def test_silence_has_features_too() -> None:
    assert np.isfinite(KaldiFbank().features([np.zeros(16_000, np.int16)])).all()


def test_the_shortest_window_has_one_frame() -> None:
    front_end = KaldiFbank()
    assert front_end.features([np.ones(front_end.least_samples, np.int16)]).shape == (1, 1, 80)
