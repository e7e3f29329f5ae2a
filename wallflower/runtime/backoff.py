"""How long to wait before trying again."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final, Protocol

BASE_S: Final = 1.0
CAP_S: Final = 60.0


class Delays(Protocol):
    def next_delay_s(self) -> float: ...

    def reset(self) -> None:
        """After success: the next delay is short again."""
        ...


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


STEPS_S: Final = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


class SteppedBackoff:
    """For one peer that others may use too: delays of about `steps_s`, the last again and again.

    Each is shortened by up to a third at random: never so early that the steps mean nothing.
    """

    def __init__(
        self,
        steps_s: Sequence[float] = STEPS_S,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._steps_s = steps_s
        self._uniform = uniform
        self._failures = 0

    def next_delay_s(self) -> float:
        step_s = self._steps_s[min(self._failures, len(self._steps_s) - 1)]
        self._failures += 1
        return self._uniform(step_s * 2 / 3, step_s)

    def reset(self) -> None:
        """After success: the next delay is short again."""
        self._failures = 0
