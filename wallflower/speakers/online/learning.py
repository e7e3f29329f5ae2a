"""What a stretch of speech teaches a voice: its grown print, and a clip worth keeping."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import numpy as np
import numpy.typing as npt

from wallflower.domain.prints import Prints
from wallflower.domain.speech import Pcm, Utterance
from wallflower.domain.times import SAMPLE_RATE, WallTime
from wallflower.domain.voices import RoomPrint, Sample, Voice
from wallflower.speakers.online.scoring import Piece, grown

SAMPLE_S: Final = (2.0, 4.0)
"""A sample is at least and at most so long."""
CLEAREST_DB: Final = 35.0
"""Speech close to the microphone in a quiet room; clearer is no better."""
OFFERED: Final = 5
"""So many samples of a voice are offered; from then on only better ones."""


def print_after(voice: Voice, stream_id: str, piece: Piece, at: WallTime) -> RoomPrint:
    """The print of `voice` on that stream once it has learnt from `piece`."""
    before = voice.print_on(stream_id)
    if before is None:
        return print_of(stream_id, piece, at)
    embedding = grown(before.embedding, before.speech_s, piece)
    return RoomPrint(stream_id, embedding, before.speech_s + piece.speech_s, at)


def print_of(stream_id: str, piece: Piece, at: WallTime) -> RoomPrint:
    """The print of a voice heard on that stream for the first time."""
    return RoomPrint(stream_id, piece.mean, piece.speech_s, at)


def clip_of(utterance: Utterance, prints: Prints, piece: Piece, chance: float) -> Sample | None:
    """The longest clean stretch of `piece`, from its middle; None when it is too short.

    Clean: nobody else, and nobody at the same time. `chance` is how likely the piece is of the
    voice that it was taken for.
    """
    start_s, end_s = _longest_stretch(prints, piece)
    least_s, most_s = SAMPLE_S
    if end_s - start_s < least_s:
        return None
    seconds = min(end_s - start_s, most_s)
    first = round(((start_s + end_s - seconds) / 2) * SAMPLE_RATE)
    pcm: Pcm = utterance.pcm[first : first + round(seconds * SAMPLE_RATE)].copy()
    quality = chance * seconds / most_s * min(1.0, prints.contrast_db / CLEAREST_DB)
    at = utterance.start.plus(first / SAMPLE_RATE)
    return Sample(utterance.stream_id, pcm, max(0.0, quality), at)


def _longest_stretch(prints: Prints, piece: Piece) -> tuple[float, float]:
    clean = piece.windows[~prints.overlapped[piece.windows]]
    runs: list[npt.NDArray[np.int64]] = np.split(clean, np.flatnonzero(np.diff(clean) > 1) + 1)
    edges_s = prints.edges_s
    return max(
        ((float(edges_s[run[0]]), float(edges_s[run[-1] + 1])) for run in runs if len(run)),
        key=lambda stretch: stretch[1] - stretch[0],
        default=(0.0, 0.0),
    )


class Offers:
    """Which samples are worth offering: the keeper writes each to disk before it can compare."""

    def __init__(self) -> None:
        self._best: defaultdict[int, list[float]] = defaultdict(list)

    def worth(self, voice_id: int, sample: Sample) -> bool:
        """Whether `sample` is among the best of that voice so far; counts it if so."""
        best = self._best[voice_id]
        if len(best) == OFFERED:
            if sample.quality <= best[0]:
                return False
            del best[0]
        best.append(sample.quality)
        best.sort()
        return True
