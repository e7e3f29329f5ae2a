"""The house's own odds: fitted on the lines whose speaker a person confirmed."""

from __future__ import annotations

import asyncio
import logging
from typing import Final, Protocol

from wallflower.domain.events import LineCorrected
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock, wait_until
from wallflower.runtime.health import Health, HealthState
from wallflower.runtime.workers import Workers
from wallflower.speakers.odds.calibration import Calibration
from wallflower.speakers.odds.refit import MOST, refit
from wallflower.store import Store

PART: Final = "odds"
EVERY_S: Final = 3600.0
"""Corrections come in bursts, and each moves little: once an hour takes in all of them."""
BACK_S: Final = 90 * 24 * 3600.0
"""Rooms, microphones and people change: older lines tell nothing."""

_log = logging.getLogger(__name__)


class Scoring(Protocol):
    """An encoder, as far as its scores go."""

    calibration: Calibration

    @property
    def name(self) -> str: ...


class OwnOdds:
    """Keeps `encoder.calibration` as this house has it.

    Nothing but the lines is stored: what they say is found out again at every start.
    """

    def __init__(
        self,
        store: Store,
        encoder: Scoring,
        workers: Workers,
        bus: Bus,
        clock: Clock,
        health: Health,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._shipped = encoder.calibration
        self._workers = workers
        self._bus = bus
        self._clock = clock
        self._health = health

    async def run_once(self, leaving: asyncio.Event) -> None:
        """Fit now, and within an hour of every correction, until `leaving` is set."""
        with self._bus.subscribe("odds", LineCorrected) as corrected:
            await self.fit()
            self._health.report(PART, HealthState.OK)
            while not await wait_until(leaving, EVERY_S, self._clock):
                if corrected.drain():
                    await self.fit()

    async def fit(self) -> None:
        """Use what the confirmed lines of the last three months say. Raises `StoreError`."""
        lines = await self._store.lines.heard(
            self._encoder.name,
            since=self._clock.wall().plus(-BACK_S),
            confirmed=True,
            limit=MOST,
        )
        own = await self._workers.run(refit, self._shipped, lines)
        self._encoder.calibration = own.on(self._shipped)
        _log.info(
            "%d confirmed lines: odds times %.2f, plus %.2f.", len(lines), own.factor, own.shift
        )
