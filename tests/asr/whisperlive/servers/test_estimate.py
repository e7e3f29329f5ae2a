from __future__ import annotations

import pytest

from wallflower.asr.whisperlive.servers.estimate import FORGET_S, PRIOR_S, Estimate


def test_nothing_is_known_of_a_new_server() -> None:
    estimate = Estimate()
    assert estimate.lag_s is None
    assert estimate.expected_s(0, 0.0) == PRIOR_S
    assert estimate.expected_s(3, 1e6) == 4 * PRIOR_S


def test_the_first_answer_says_all_and_later_ones_shift_it() -> None:
    estimate = Estimate()
    estimate.note(2.0, 1, 0.0)
    assert estimate.expected_s(0, 0.0) == 2.0
    estimate.note(1.0, 1, 0.0)
    assert 1.5 < estimate.expected_s(0, 0.0) < 2.0
    assert estimate.lag_s == pytest.approx(1.7)


@pytest.mark.parametrize("side_by_side", [False, True])
def test_it_fits_servers_that_work_one_by_one_or_side_by_side(side_by_side: bool) -> None:
    estimate = Estimate()
    for _ in range(20):
        estimate.note(1.0 if side_by_side else 4.0, 4, 0.0)
    expected_s = estimate.expected_s(3, 0.0)
    assert expected_s == pytest.approx(1.0 if side_by_side else 4.0)


def test_an_old_measurement_counts_less() -> None:
    estimate = Estimate()
    estimate.note(PRIOR_S + 10, 1, 0.0)
    assert estimate.service_s(FORGET_S) == pytest.approx(PRIOR_S + 5.0)
    assert estimate.service_s(10 * FORGET_S) == pytest.approx(PRIOR_S, abs=0.02)
