"""Windows joined bottom-up, most alike first: one parting into groups for each number of them.

What is joined next is what raises the evidence most: under the two-covariance model (see
`calibration.py`) the likelihood that some windows are of one voice has a closed form, which knows
how much speech there is on both sides. That is agglomerative clustering with a likelihood ratio for
a distance. Pure numpy.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
"""A number from 0 on for each window: its group."""


def partitions(
    points: Array, weights: Array, between: Array, owners: Labels, most: int
) -> list[Labels]:
    """Partings into `most` groups, one less, …, as far as joining is allowed.

    `points`, shape (windows, directions), have noise of variance 1 over a weight of 1; `between`
    is the variance of voices. `owners` is -1, or the number of a voice that is known to speak:
    windows of one owner are together from the start, and those of two owners never meet.
    """
    tree = _Tree(points, weights, between, owners)
    found = []
    while True:
        if tree.groups <= most:
            found.append(tree.labels())
        if not tree.join():
            # So many owners that no parting is coarse enough: the coarsest one.
            return found or [tree.labels()]


class _Tree:
    def __init__(self, points: Array, weights: Array, between: Array, owners: Labels) -> None:
        self._between = between
        first, begun = np.unique(
            np.where(owners >= 0, -1 - owners, np.arange(len(points))), return_inverse=True
        )
        count = len(first)
        self._group: Labels = begun.astype(np.int64)
        self._owner = np.where(first < 0, -1 - first, -1)
        self._weight: Array = np.bincount(begun, weights=weights).astype(np.float64)
        self._sum = np.zeros((count, points.shape[1]))
        np.add.at(self._sum, begun, points * weights[:, None])
        self._evidence = self._of_one(self._weight, self._sum)
        self._alive = np.ones(count, dtype=np.bool_)
        self._gain = np.full((count, count), -np.inf)
        for group in range(count):
            self._compare(group)

    @property
    def groups(self) -> int:
        return int(self._alive.sum())

    def labels(self) -> Labels:
        return np.unique(self._group, return_inverse=True)[1].astype(np.int64)

    def join(self) -> bool:
        """Join the two that gain most, or tell that none may be joined."""
        kept, gone = np.unravel_index(self._gain.argmax(), self._gain.shape)
        if kept == gone or not np.isfinite(self._gain[kept, gone]):
            return False
        self._weight[kept] += self._weight[gone]
        self._sum[kept] += self._sum[gone]
        self._evidence[kept] = self._of_one(self._weight[kept], self._sum[kept])
        self._owner[kept] = max(self._owner[kept], self._owner[gone])
        self._group[self._group == gone] = kept
        self._alive[gone] = False
        self._gain[gone, :] = self._gain[:, gone] = -np.inf
        self._compare(int(kept))
        return True

    def _compare(self, group: int) -> None:
        """What joining `group` with each other one would gain."""
        others = np.flatnonzero(self._alive)
        others = others[others != group]
        together = self._of_one(
            self._weight[group] + self._weight[others], self._sum[group] + self._sum[others]
        )
        gain = together - self._evidence[group] - self._evidence[others]
        strangers = (self._owner[others] >= 0) & (self._owner[group] >= 0)
        gain[strangers] = -np.inf
        self._gain[group, others] = self._gain[others, group] = gain

    def _of_one(self, weight: Array, total: Array) -> Array:
        """Log likelihood of windows as one voice's, against windows of no voice at all."""
        spread = 1.0 + weight[..., None] * self._between
        told = np.square(total) * self._between / spread - np.log(spread)
        return np.asarray(0.5 * told.sum(axis=-1))
