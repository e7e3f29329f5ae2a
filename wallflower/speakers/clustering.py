"""The voices inside one utterance, before anybody asks whose they are. Pure numpy.

Windows that sound alike are joined bottom-up (average linkage); then the sequence is smoothed by
Viterbi, because people talk in stretches and a window across a change belongs to neither side.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from wallflower.domain.prints import Prints
from wallflower.speakers.scoring import Piece, Vectors, unit

Labels = npt.NDArray[np.int64]

JOIN: Final = 0.70
"""Groups of windows with at least this mean cosine are one voice: rather two pieces of one voice
than one piece of two, for pieces are joined again when both fit the same known voice."""
SWITCH: Final = 0.20
"""What a change of voice costs, in cosine: about one window's worth of evidence."""
LEAST_S: Final = 0.6
"""A group with less speech than this is a change of voice caught in the middle, or a cough."""


def pieces_of(prints: Prints) -> list[Piece]:
    """Group the windows of one utterance by voice; the one with most speech first."""
    windows, shares_s = prints.windows, np.diff(prints.edges_s)
    if not len(windows):
        return []
    labels = group(windows, JOIN)
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


def group(windows: Vectors, join: float) -> Labels:
    """Agglomerative clustering with average linkage; labels from 0, shape (windows,).

    Joins the two groups with the highest mean cosine until none has at least `join`.
    """
    count = len(windows)
    likeness = (windows @ windows.T).astype(np.float64)
    np.fill_diagonal(likeness, -np.inf)
    sizes = np.ones(count)
    owner = np.arange(count)
    for _ in range(count - 1):
        one, other = np.unravel_index(likeness.argmax(), likeness.shape)
        if likeness[one, other] < join:
            break
        weights = sizes[[one, other]] / sizes[[one, other]].sum()
        likeness[one] = weights @ likeness[[one, other]]
        likeness[:, one] = likeness[one]
        likeness[one, one] = -np.inf
        likeness[other, :] = likeness[:, other] = -np.inf
        sizes[one] += sizes[other]
        owner[owner == other] = one
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
