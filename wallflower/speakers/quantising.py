"""Weights in 8 bit, for an encoder at half the cost. Pure numpy.

Only what takes hidden states, between -1 and 1, is quantised: an LSTM layer whose input is mel
power spans six decades there, and 256 steps cannot hold those. Every unit has a scale of its own.
Weights use 7 of the 8 bits, because processors without dot-product instructions add two products
in 16 bit, and those must not overflow. States are quantised by the largest one in a batch, so that
a print depends on its company by a cosine of about 0.0002.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

LARGEST: Final = 63

Weights = npt.NDArray[np.float32]


def quantised(weights: Weights) -> tuple[npt.NDArray[np.int8], Weights, npt.NDArray[np.int8]]:
    """Weights, scales and zero points as ONNX Runtime's `DynamicQuantizeLSTM` takes them.

    `weights` has shape (1, units, inputs); the result shapes (1, inputs, units), (1, units) and
    (1, units). A weight is its number times its unit's scale.
    """
    largest = np.abs(weights).max(axis=2)
    scales = (np.maximum(largest, 1e-12) / LARGEST).astype(np.float32)
    numbers = np.rint(weights / scales[:, :, None]).astype(np.int8)
    turned = np.ascontiguousarray(np.transpose(numbers, (0, 2, 1)))
    return turned, scales, np.zeros(scales.shape, np.int8)
