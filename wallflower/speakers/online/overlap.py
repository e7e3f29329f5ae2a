"""Where two known people talk at once. Pure numpy.

A window with two voices sounds like a mixture of their prints: it fits some weighted sum of two
clearly better than either of them. So may a stranger's: marks hold only where the speaker is known
for sure. Windows across a change of voice look the same, and teach a
voice as little. Marked is only what is sure, for a wrong mark costs a lesson: of windows with one
voice 4 in 100 are marked, of those with two equally loud ones 25 (people and rooms held back).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from wallflower.domain.prints import Prints
from wallflower.domain.voices import Voice
from wallflower.speakers.odds.calibration import Vectors, unit

GAIN: Final = 0.03
"""By so much cosine the mixture must fit better."""
SHARES: Final = (0.35, 0.5, 0.65)
"""Of the first voice in a mixture; below a third nobody would hear the other."""
WELL_KNOWN_S: Final = 5.0
"""A print of less speech is too rough to tell a mixture by."""


def marked(prints: Prints, voices: Sequence[Voice], stream_id: str) -> Prints:
    """`prints` with `overlapped` told by what is known of `voices` on that stream."""
    sounds = [voice.print_on(stream_id) for voice in voices]
    known = [each.embedding for each in sounds if each and each.speech_s >= WELL_KNOWN_S]
    if len(known) < 2 or not len(prints.windows):
        return prints
    return replace(prints, overlapped=overlapped(prints.windows, np.stack(known)))


def overlapped(windows: Vectors, voices: Vectors) -> npt.NDArray[np.bool_]:
    """Which windows are a mixture of two of `voices` (at least two), shape (windows,)."""
    alone = (windows @ voices.T).max(axis=1)
    mixtures = np.stack(
        [
            unit(np.float32(share) * one + np.float32(1.0 - share) * other)
            for one, other in combinations(voices, 2)
            for share in SHARES
        ]
    )
    mask: npt.NDArray[np.bool_] = (windows @ mixtures.T).max(axis=1) > alone + GAIN
    return mask
