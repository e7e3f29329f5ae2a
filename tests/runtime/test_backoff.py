from __future__ import annotations

from wallflower.runtime.backoff import STEPS_S, SteppedBackoff


def test_steps_come_in_order_and_the_last_again_and_again() -> None:
    backoff = SteppedBackoff(uniform=lambda _low, high: high)
    delays = [backoff.next_delay_s() for _ in range(8)]
    assert delays == [*STEPS_S, STEPS_S[-1], STEPS_S[-1]]
    backoff.reset()
    assert backoff.next_delay_s() == STEPS_S[0]


def test_jitter_shortens_a_step_by_a_third_at_most() -> None:
    backoff = SteppedBackoff((60.0,))
    delays = [backoff.next_delay_s() for _ in range(200)]
    assert all(40.0 <= delay <= 60.0 for delay in delays)
    assert len(set(delays)) > 100
