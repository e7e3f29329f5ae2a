from __future__ import annotations

import io
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from wallflower.speakers import Encoder
from wallflower.speakers.odds.calibration import Calibration
from wallflower.speakers.odds.measured import (
    Measured,
    Unmeasured,
    calibration_of,
    measured,
    measured_or_not,
)


@pytest.fixture
def made() -> Calibration:
    plain = Calibration.plain(6, 0.5)
    return replace(plain, contrast_db=(10.0, 30.0), scale=(0.1, 0.3), offset=-0.5)


def test_a_calibration_is_read_as_it_was_written(made: Calibration) -> None:
    told, data = measured(made, "calibration.npz")
    assert measured_or_not(asdict(told)) == told
    read = calibration_of(told, data, 6)
    for field in ("centre", "directions", "between", "contrast_db", "scale", "offset", "lasting"):
        np.testing.assert_allclose(getattr(read, field), getattr(made, field), rtol=1e-6)


def test_the_shipped_encoder_is_measured(encoder: Encoder) -> None:
    calibration = encoder.calibration
    assert calibration.directions.shape == (256, 256)
    assert len(calibration.scale) > 1
    assert calibration.between.min() > 0


def test_nothing_said_is_an_encoder_nobody_measured() -> None:
    assert measured_or_not({}) == Unmeasured()


@pytest.mark.parametrize("dimension", [5, 7])
def test_that_of_another_encoder_does_not_fit(made: Calibration, dimension: int) -> None:
    told, data = measured(made, "calibration.npz")
    with pytest.raises(ValueError, match=f"of dimension 6, not {dimension}"):
        calibration_of(told, data, dimension)


@pytest.mark.parametrize("data", [b"", b"PK", b"[1, 2]"])
def test_what_is_no_calibration_is_said(made: Calibration, data: bytes) -> None:
    told, _ = measured(made, "calibration.npz")
    with pytest.raises(ValueError, match=r"calibration\.npz is no \.npz file"):
        calibration_of(told, data, 6)


def test_a_file_that_lacks_something_is_said(made: Calibration) -> None:
    told, _ = measured(made, "calibration.npz")
    buffer = io.BytesIO()
    np.savez(buffer, centre=made.centre, between=made.between)
    with pytest.raises(ValueError, match=r"calibration\.npz cannot be read .*directions"):
        calibration_of(told, buffer.getvalue(), 6)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"contrast_db": [30.0, 10.0]}, "does not rise"),
        ({"contrast_db": [10.0]}, "another length"),
        ({"contrast_db": [], "scale": []}, "another length"),
        ({"scale": [0.1, 0.0]}, "out of range"),
        ({"lasting": 1.5}, "out of range"),
        ({"colour": 1}, "no number 'colour'"),
    ],
)
def test_numbers_without_sense_are_refused(
    made: Calibration, changed: dict[str, Any], complaint: str
) -> None:
    told: Measured = measured(made, "calibration.npz")[0]
    with pytest.raises(ValueError, match=complaint):
        measured_or_not({**asdict(told), **changed})
