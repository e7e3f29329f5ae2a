from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.store.lines import MENDING, line, prints, room_print
from tests.support.clock import ManualClock
from wallflower.domain.events import LineCorrected
from wallflower.house.own_odds import BACK_S, EVERY_S, OwnOdds
from wallflower.runtime.bus import Bus
from wallflower.runtime.health import Health
from wallflower.runtime.workers import Workers
from wallflower.speakers.odds.calibration import Calibration
from wallflower.speakers.odds.refit import LEAST
from wallflower.store import Store


class Scores:
    """Only what an encoder's scores mean counts here."""

    name = "ge2e"

    def __init__(self) -> None:
        self._calibration = Calibration.plain(256, 0.3)
        self.fitted = asyncio.Event()

    @property
    def calibration(self) -> Calibration:
        return self._calibration

    @calibration.setter
    def calibration(self, fitted: Calibration) -> None:
        self._calibration = fitted
        self.fitted.set()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock("2026-03-02T12:00:00Z")


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "wallflower.db", clock=clock)
    yield store
    await store.close()


@pytest.fixture
def workers() -> Iterator[Workers]:
    workers = Workers("speakers")
    yield workers
    workers.close()


async def confirmed(store: Store, count: int) -> list[int]:
    """Lines of two people, whom somebody named; their ids."""
    anna, bob = [await store.voices.add("ge2e", room_print(seed)) for seed in (1, 2)]
    heard = [line(at_s=number, prints=prints(1 + number % 2)) for number in range(count)]
    ids = [event.line.id or 0 for event in await store.lines.commit(heard)]
    for number, line_id in enumerate(ids):
        await store.people.reassign(MENDING, line_id, (anna, bob)[number % 2].id)
    return ids


def own_odds(
    store: Store, encoder: Scores, workers: Workers, clock: ManualClock, bus: Bus
) -> OwnOdds:
    return OwnOdds(store, encoder, workers, bus, clock, Health())


async def test_what_people_confirmed_moves_the_odds(
    store: Store, workers: Workers, clock: ManualClock
) -> None:
    encoder = Scores()
    shipped = encoder.calibration
    await confirmed(store, 3 * LEAST)
    odds = own_odds(store, encoder, workers, clock, Bus())
    await odds.fit()
    moved = encoder.calibration
    assert moved.scale != shipped.scale
    assert moved.directions is shipped.directions
    await odds.fit()
    assert encoder.calibration.scale == moved.scale, "from the shipped odds each time"


async def test_what_the_machine_thinks_moves_nothing(
    store: Store, workers: Workers, clock: ManualClock
) -> None:
    encoder = Scores()
    shipped = encoder.calibration
    anna, bob = [await store.voices.add("ge2e", room_print(seed)) for seed in (1, 2)]
    await store.lines.commit(
        [
            line(at_s=number, speaker=who.ref(0.9), prints=prints(who.id))
            for number, who in enumerate([anna, bob] * LEAST)
        ]
    )
    await own_odds(store, encoder, workers, clock, Bus()).fit()
    assert encoder.calibration.scale == shipped.scale


async def test_old_lines_count_no_longer(
    store: Store, workers: Workers, clock: ManualClock
) -> None:
    encoder = Scores()
    shipped = encoder.calibration
    await confirmed(store, 3 * LEAST)
    await clock.advance(BACK_S + 1)
    await own_odds(store, encoder, workers, clock, Bus()).fit()
    assert encoder.calibration.scale == shipped.scale


async def test_corrections_are_taken_in_within_the_hour(
    store: Store, workers: Workers, clock: ManualClock
) -> None:
    encoder, bus, leaving = Scores(), Bus(), asyncio.Event()
    shipped = encoder.calibration
    once = asyncio.create_task(
        own_odds(store, encoder, workers, clock, bus).run_once(leaving), name="odds"
    )
    async with asyncio.timeout(30):
        await encoder.fitted.wait()
        encoder.fitted.clear()
        await confirmed(store, 3 * LEAST)
        bus.publish(LineCorrected(1, line(at_s=1)))
        await clock.advance(EVERY_S)
        await encoder.fitted.wait()
        leaving.set()
        await once
    assert encoder.calibration.scale != shipped.scale
