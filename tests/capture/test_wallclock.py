from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from wallflower.capture.wallclock import WINDOW_S, Lead, WallClock
from wallflower.domain.times import MediaTime, WallTime

BLOCK_S = 0.128
START = WallTime.from_iso("2026-01-01T00:00:00Z")


class Line:
    """Blocks on their way from a camera: made at true times, arriving late."""

    def __init__(self, *, drift: float = 0.0) -> None:
        self.clock = WallClock()
        self.drift = drift
        """How much slower than ours the camera's clock runs."""
        self.number = 0
        self.last_arrival_s = 0.0
        self.wall_step_s = 0.0

    def block(self, delay_s: float) -> tuple[float, float]:
        """The next block, `delay_s` late: its true start and the estimate, in s from START."""
        start_s, end_s = self.number * BLOCK_S, (self.number + 1) * BLOCK_S
        self.number += 1
        true_start_s, true_end_s = start_s * (1 + self.drift), end_s * (1 + self.drift)
        # Blocks come through one pipe: none overtakes another.
        self.last_arrival_s = max(self.last_arrival_s, true_end_s + delay_s)
        heard = self.clock.heard(
            MediaTime(0).plus(start_s),
            MediaTime(0).plus(end_s),
            monotonic_s=self.last_arrival_s,
            wall=START.plus(self.last_arrival_s + self.wall_step_s),
        )
        return true_start_s, heard.seconds_since(START)

    def arrived_s(self) -> float:
        return self.last_arrival_s


delays = st.lists(st.floats(0, 30), min_size=1, max_size=80)


@given(delays)
def test_time_never_runs_backwards_nor_ahead(delays_s: list[float]) -> None:
    line, heard = Line(), []
    for delay_s in delays_s:
        _, estimate = line.block(delay_s)
        assert estimate <= line.arrived_s() - BLOCK_S + 1e-6
        heard.append(estimate)
    assert all(after >= before for before, after in pairwise(heard))


@given(delays)
def test_never_earlier_than_the_truth(delays_s: list[float]) -> None:
    line = Line()
    for delay_s in delays_s:
        true, estimate = line.block(delay_s)
        assert estimate >= true - 1e-6


@given(delays, st.lists(st.floats(0, 30), min_size=1, max_size=80))
def test_one_prompt_block_makes_all_later_ones_exact(
    before_s: list[float], after_s: list[float]
) -> None:
    line = Line()
    for delay_s in before_s:
        line.block(delay_s)
    line.last_arrival_s = 0.0  # the line is free again
    line.number += 300
    line.block(0.0)
    for delay_s in after_s:
        true, estimate = line.block(delay_s)
        assert abs(estimate - true) < 1e-6


def test_a_burst_at_the_start_does_not_shift_what_follows() -> None:
    line = Line()
    # The first second arrives at once, when FFmpeg is done analysing.
    for number in range(8):
        line.block(8 * BLOCK_S - number * BLOCK_S)
    true, estimate = line.block(0.0)
    assert abs(estimate - true) < 1e-6


def test_a_slow_camera_clock_is_followed() -> None:
    line = Line(drift=1e-3)
    worst = 0.0
    for _ in range(round(30 * 60 / BLOCK_S)):
        true, estimate = line.block(0.0)
        worst = max(worst, abs(estimate - true))
    assert worst <= 1e-3 * WINDOW_S + 0.001


def test_a_fast_camera_clock_is_followed() -> None:
    line = Line(drift=-1e-3)
    worst = 0.0
    for _ in range(round(30 * 60 / BLOCK_S)):
        true, estimate = line.block(0.0)
        worst = max(worst, abs(estimate - true))
    assert worst < 0.001


def test_setting_the_machines_clock_is_followed_at_once() -> None:
    line = Line()
    for _ in range(20):
        line.block(0.0)
    for step_s in (3600.0, -7200.0):
        line.wall_step_s = step_s
        true, estimate = line.block(0.0)
        assert abs(estimate - (true + step_s)) < 1e-6


def test_a_burst_is_a_lead_that_waiting_takes_back() -> None:
    lead = Lead()
    assert lead.after(10.0, monotonic_s=100.0) == 10.0
    assert lead.after(20.0, monotonic_s=100.0) == 30.0
    assert lead.after(0.0, monotonic_s=110.0) < 20.0
    assert lead.after(5.0, monotonic_s=200.0) == 0.0


def test_catching_up_after_a_stall_is_no_lead_of_its_own() -> None:
    lead = Lead()
    lead.after(1.0, monotonic_s=0.0)
    assert lead.after(1.0, monotonic_s=3600.0) == 0.0
    assert lead.after(8.0, monotonic_s=3600.0) == 8.0


def test_a_fast_camera_clock_never_adds_up() -> None:
    lead = Lead()
    month_s = 30 * 24 * 3600
    worst = max(lead.after(60 * 1.001, monotonic_s=at) for at in map(float, range(0, month_s, 60)))
    assert worst < 61
