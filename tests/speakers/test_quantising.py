from __future__ import annotations

import numpy as np

from wallflower.speakers.quantising import LARGEST, quantised

WEIGHTS = np.random.default_rng(0).normal(size=(1, 12, 7)).astype(np.float32)


def test_weights_come_back_within_half_a_step() -> None:
    numbers, scales, zeros = quantised(WEIGHTS)
    assert numbers.shape == (1, 7, 12)
    assert not zeros.any()
    back = np.transpose(numbers.astype(np.float32), (0, 2, 1)) * scales[:, :, None]
    assert (np.abs(back - WEIGHTS) <= scales[:, :, None] / 2 + 1e-7).all()


def test_every_unit_uses_the_whole_range_and_no_more() -> None:
    uneven = WEIGHTS * np.geomspace(1e-3, 1e3, 12, dtype=np.float32)[None, :, None]
    numbers, _, _ = quantised(uneven)
    assert np.abs(numbers.astype(int)).max(axis=1).tolist() == [[LARGEST] * 12]


def test_a_unit_without_weights_stays_without() -> None:
    numbers, scales, _ = quantised(np.zeros((1, 2, 3), np.float32))
    assert not numbers.any()
    assert scales.min() > 0


def test_two_products_never_overflow_16_bit() -> None:
    """The largest activation is 255; the instruction adds two products."""
    assert 2 * 255 * LARGEST < 2**15
