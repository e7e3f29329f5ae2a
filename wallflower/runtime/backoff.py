"""How long to wait before trying again."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

BASE_S: Final = 1.0
CAP_S: Final = 60.0


class Backoff:
    """Exponential backoff with full jitter (Brooker, "Exponential Backoff And Jitter", 2015).

    The n-th delay is drawn evenly from 0 to `min(cap_s, base_s * 2**n)` seconds, so that many
    streams that fell together do not come back together.
    """

    def __init__(
        self,
        base_s: float = BASE_S,
        cap_s: float = CAP_S,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._base_s = base_s
        self._cap_s = cap_s
        self._uniform = uniform
        self._failures = 0

    def next_delay_s(self) -> float:
        # 2**16 is far past any cap and keeps the float finite after weeks of failures.
        ceiling = min(self._cap_s, self._base_s * 2 ** min(self._failures, 16))
        self._failures += 1
        return self._uniform(0.0, ceiling)

    def reset(self) -> None:
        """After success: the next delay is short again."""
        self._failures = 0
