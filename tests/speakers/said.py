"""Lines of made-up people, as the store hands them out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wallflower.domain.prints import Embedding, Prints
from wallflower.domain.times import WallTime
from wallflower.domain.voices import HeardLine

NOON = WallTime.from_iso("2026-03-01T12:00:00Z")
SHARE_S = 0.4


def person(seed: int) -> Embedding:
    """The true print of a made-up person; two of them have a cosine of about 0."""
    return _unit(np.random.default_rng(seed).standard_normal(256))


def said(
    who: Embedding,
    windows: int = 5,
    *,
    number: int = 1,
    stream_id: str = "hall",
    confirmed: bool = False,
) -> HeardLine:
    """Windows of `SHARE_S` in a living room, each with a cosine of about 0.86 to `who`."""
    shaken = np.random.default_rng(1000 + windows + number).standard_normal((windows, 256))
    edges_s = SHARE_S * np.arange(windows + 1, dtype=np.float64)
    prints = Prints(
        "test", _unit(who + 0.6 * shaken / 16.0), edges_s, np.zeros(windows, np.bool_), 17.0
    )
    end = NOON.plus(float(edges_s[-1]))
    return HeardLine(number, stream_id, NOON, end, 1, confirmed, prints)


def _unit(vectors: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / length, dtype=np.float32)
