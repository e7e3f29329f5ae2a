"""The voices inside one utterance, before anybody asks whose they are. Pure numpy.

Windows that are likely of one voice are joined bottom-up, by the encoder's calibration, which knows
that longer stretches tell more; then the sequence is smoothed by Viterbi, because people talk in
stretches and a window across a change belongs to neither side.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from wallflower.domain.prints import Prints
from wallflower.speakers.odds.calibration import Array, Calibration, Vectors, unit
from wallflower.speakers.online.scoring import Piece

Labels = npt.NDArray[np.int64]

JOIN: Final = 2.0
"""Log odds from which two stretches of an utterance are one voice: rather two pieces of one voice
than one piece of two, for pieces are joined again when both fit the same known voice."""
SWITCH: Final = 0.20
"""What a change of voice costs, in cosine: about one window's worth of evidence."""
LEAST_S: Final = 0.6
"""A stretch with less speech than this is a change of voice caught in the middle, or a cough."""


def pieces_of(prints: Prints, calibration: Calibration) -> list[Piece]:
    """Group the windows of one utterance by voice; the one with most speech first."""
    windows, shares_s = prints.windows, np.diff(prints.edges_s)
    if not len(windows):
        return []
    labels = joined(prints, calibration)
    seconds = np.bincount(labels, weights=shares_s)
    kept = np.flatnonzero(seconds >= LEAST_S)
    if not len(kept):
        kept = np.array([seconds.argmax()])
    means = unit(np.stack([windows[labels == label].mean(axis=0) for label in kept]))
    labels = smooth(windows @ means.T, SWITCH)
    found = [_piece(windows, shares_s, labels == label) for label in np.unique(labels)]
    return sorted(found, key=lambda piece: -piece.speech_s)


def _piece(
    windows: Vectors, shares_s: npt.NDArray[np.float64], mine: npt.NDArray[np.bool_]
) -> Piece:
    run = longest = 0.0
    for share, is_mine in zip(shares_s, mine, strict=True):
        run = run + float(share) if is_mine else 0.0
        longest = max(longest, run)
    mean = unit(windows[mine].mean(axis=0))
    return Piece(np.flatnonzero(mine), mean, float(shares_s[mine].sum()), longest)


def cleaned(piece: Piece, prints: Prints) -> Piece:
    """`piece` by its windows with one voice alone; with `speech_s` 0 when there is none."""
    if not prints.overlapped[piece.windows].any():
        return piece
    mine = np.zeros(len(prints.windows), dtype=np.bool_)
    mine[piece.windows] = ~prints.overlapped[piece.windows]
    if not mine.any():
        return replace(piece, speech_s=0.0, longest_run_s=0.0)
    return replace(_piece(prints.windows, np.diff(prints.edges_s), mine), windows=piece.windows)


def joined(prints: Prints, calibration: Calibration) -> Labels:
    """Agglomerative clustering; labels from 0, shape (windows,).

    Joins the two likeliest stretches of one voice until no two have log odds of `JOIN`.
    """
    count = len(prints.windows)
    if count == 1:
        return np.zeros(1, dtype=np.int64)
    seconds = np.diff(prints.edges_s)
    sums = prints.windows * seconds[:, None].astype(np.float32)
    owner = np.arange(count)

    def odds(*ones: int) -> Array:
        voices = [calibration.enrol(sums[one][None], seconds[one][None]) for one in ones]
        return calibration.log_odds(sums, seconds, voices, prints.contrast_db)

    table = odds(*range(count))
    table = (table + table.T) / 2
    np.fill_diagonal(table, -np.inf)
    for _ in range(count - 1):
        one, other = np.unravel_index(table.argmax(), table.shape)
        if table[one, other] < JOIN:
            break
        sums[one] += sums[other]
        seconds[one] += seconds[other]
        owner[owner == other] = one
        gone = np.isneginf(table[one]) & (np.arange(count) != one)
        gone[other] = True
        table[one] = np.where(gone, -np.inf, odds(int(one))[:, 0])
        table[:, one] = table[one]
        table[one, one] = -np.inf
        table[other, :] = table[:, other] = -np.inf
    return np.unique(owner, return_inverse=True)[1].astype(np.int64)


def smooth(fit: npt.NDArray[np.floating], switch: float) -> Labels:
    """The likeliest sequence of columns when each change costs `switch` (Viterbi).

    `fit` has shape (windows, voices): how well each window fits each voice.
    """
    best = fit[0].copy()
    came_from = []
    for row in fit[1:]:
        leader = int(best.argmax())
        jumps = best < best[leader] - switch
        came_from.append(np.where(jumps, leader, np.arange(len(best))))
        best = np.where(jumps, best[leader] - switch, best) + row
    path = [int(best.argmax())]
    for back in reversed(came_from):
        path.append(int(back[path[-1]]))
    return np.array(path[::-1], dtype=np.int64)
