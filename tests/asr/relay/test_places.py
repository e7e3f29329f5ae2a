"""How many talkers the servers get."""

from __future__ import annotations

from tests.support.clock import ManualClock
from wallflower.asr.relay.places import AT_FIRST, IN_TIME_S, REST_S, SETTLE_S, Places


def fill(places: Places) -> int:
    """Take all places there are; how many that were."""
    while places.take():
        pass
    return places.taken


def empty(places: Places) -> None:
    while places.taken:
        places.give_back()


def full_house(places: Places) -> None:
    """All talk at once and are done in time."""
    fill(places)
    places.came(0.5)
    empty(places)


async def test_it_grows_by_about_one_for_each_round_in_time() -> None:
    places = Places(ManualClock())
    assert fill(places) == AT_FIRST
    for _ in range(2):
        places.came(0.5)
    assert places.limit == AT_FIRST  # 2.9: almost
    places.came(0.5)
    assert places.limit == AT_FIRST + 1


async def test_one_talker_in_time_says_nothing_about_two() -> None:
    places = Places(ManualClock())
    for _ in range(100):
        assert places.take()
        places.came(0.1)
        places.give_back()
    assert places.limit == AT_FIRST


async def test_lateness_halves_once_for_all_that_are_late_together() -> None:
    clock = ManualClock()
    places = Places(clock)
    for _ in range(60):
        full_house(places)
    before = places.limit
    assert before >= 8
    fill(places)
    for _ in range(before):
        places.came(IN_TIME_S + 0.1)
    assert places.limit == before // 2
    await clock.advance(SETTLE_S)
    places.failed()
    assert places.limit == before // 4
    assert not places.take()  # those who still talk keep theirs


async def test_never_more_than_there_are() -> None:
    places = Places(ManualClock(), most=3)
    for _ in range(50):
        full_house(places)
    assert places.limit == 3
    assert fill(places) == 3
    assert places.refused > 0


async def test_servers_too_slow_for_one_talker_rest_longer_and_longer() -> None:
    clock = ManualClock()
    places = Places(clock, most=1)
    rests = []
    for _ in range(6):
        places.failed()
        began = clock.monotonic()
        while not places.take():
            await clock.advance(1.0)
        rests.append(clock.monotonic() - began)
        places.give_back()
        await clock.advance(SETTLE_S)
    assert rests == [5, 10, 20, 40, 60, 60]
    assert places.take()
    places.came(IN_TIME_S)
    places.failed()
    await clock.advance(REST_S[0])
    assert not places.take()  # that one still talks
    places.give_back()
    assert places.take()
