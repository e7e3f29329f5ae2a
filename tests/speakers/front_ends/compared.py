"""What the front ends are compared on."""

from __future__ import annotations

from wallflower.speakers.front_ends import KaldiFbank

EVERY = 10
"""One frame in so many."""
FBANKS = {
    "usual": KaldiFbank(mean_normalised=False),
    "other": KaldiFbank(
        bands=40, low_hz=50.0, high_hz=7600.0, window="hamming", mean_normalised=False
    ),
}
