from __future__ import annotations

import pytest

from wallflower.asr.whisperlive.failures import (
    ConnectionLost,
    LanguageUnknown,
    ServerFrozen,
    ServerFull,
)
from wallflower.asr.whisperlive.servers.standing import Standing
from wallflower.domain.engine import ServerState
from wallflower.domain.errors import EngineAway, EngineFailed, EngineRefused
from wallflower.runtime.backoff import STEPS_S, SteppedBackoff


def standing() -> tuple[Standing, list[ServerState]]:
    told: list[ServerState] = []
    one = Standing(lambda: told.append(one.state), SteppedBackoff(uniform=lambda _low, high: high))
    return one, told


@pytest.mark.parametrize(
    ("error", "state", "lost"),
    [
        (EngineAway("gone"), ServerState.AWAY, True),
        (ServerFrozen("pi:9090"), ServerState.FROZEN, True),
        (EngineRefused("token"), ServerState.REFUSED, True),
        (ServerFull("pi:9090", 60), ServerState.FULL, False),
    ],
)
def test_errors_of_the_server_are_its_state(
    error: EngineFailed, state: ServerState, lost: bool
) -> None:
    one, told = standing()
    one.failed(error)
    assert (one.state, one.detail, one.lost) == (state, str(error), lost)
    assert told == [state]


@pytest.mark.parametrize("error", [ConnectionLost("x"), LanguageUnknown("y"), EngineFailed("z")])
def test_other_errors_say_nothing_about_it(error: EngineFailed) -> None:
    one, told = standing()
    one.failed(error)
    assert one.state is ServerState.UNKNOWN
    assert told == []


def test_coming_back_counts_and_is_told_once() -> None:
    one, told = standing()
    one.succeeded()
    assert one.reconnects == 0
    one.failed(EngineAway("gone"))
    one.failed(EngineAway("gone"))
    one.succeeded()
    one.succeeded()
    assert one.reconnects == 1
    assert one.error is None
    assert told == [ServerState.READY, ServerState.AWAY, ServerState.READY]


def test_delays_grow_in_steps_until_it_is_back() -> None:
    one, _ = standing()
    assert [one.delay_s() for _ in range(7)] == [*STEPS_S, STEPS_S[-1]]
    one.succeeded()
    assert one.delay_s() == STEPS_S[0]
