"""Which moments of two rows are the same. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from wallflower.domain.times import WallTime


def paired(found: Sequence[WallTime], known: Sequence[WallTime], apart_s: float) -> dict[int, int]:
    """Pairs off two rising rows: number in `found` → number in `known`, both rising.

    Of all ways to do so the cheapest: a pair costs the seconds between its two, whatever stays
    alone half of `apart_s`. So a row that moved as a whole is paired as a whole, and moments
    `apart_s` apart never are. (The alignment of Needleman and Wunsch, 1970.)
    """
    alone_s = apart_s / 2
    # costs[i][j]: of what is left of the rows from numbers i and j on.
    costs = [
        [alone_s * (len(found) + len(known) - i - j) for j in range(len(known) + 1)]
        for i in range(len(found) + 1)
    ]
    for i in reversed(range(len(found))):
        for j in reversed(range(len(known))):
            alone = alone_s + min(costs[i + 1][j], costs[i][j + 1])
            costs[i][j] = min(alone, costs[i + 1][j + 1] + _between_s(found[i], known[j]))
    pairs, i, j = {}, 0, 0
    while i < len(found) and j < len(known):
        if costs[i][j] == costs[i + 1][j] + alone_s:
            i += 1
        elif costs[i][j] == costs[i][j + 1] + alone_s:
            j += 1
        else:
            pairs[i] = j
            i, j = i + 1, j + 1
    return pairs


def _between_s(one: WallTime, other: WallTime) -> float:
    return abs(one.seconds_since(other))
