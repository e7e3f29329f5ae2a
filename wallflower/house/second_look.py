"""When to look again at who said what: after a conversation, and every few minutes within one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Final, Protocol

from wallflower.domain.events import LineCommitted
from wallflower.domain.voices import HeardLine
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock, wait_until
from wallflower.runtime.health import Health, HealthState
from wallflower.runtime.workers import Workers
from wallflower.speakers.hindsight.second_look import second_look
from wallflower.speakers.odds.calibration import Calibration
from wallflower.store import Store

PART: Final = "second look"
CHECK_S: Final = 10.0
QUIET_S: Final = 30.0
"""Nobody said anything anywhere for so long: the conversation is over."""
EVERY_S: Final = 120.0
"""After so much new speech it is time, even if people still talk."""
BACK_S: Final = 900.0
"""How far back a look goes: what came before is another conversation, or was looked at often
enough."""
MOST_WINDOWS: Final = 400
"""A look takes in so many windows, about five minutes of speech: its cost grows with their
square. The youngest lines count."""

_log = logging.getLogger(__name__)


class Ears(Protocol):
    """An encoder, as far as a look needs it."""

    @property
    def name(self) -> str: ...

    @property
    def calibration(self) -> Calibration:
        """As the house has it now."""
        ...


class SecondLook:
    """Corrects stored lines and voices, in the thread of the speaker stage; one event loop only."""

    def __init__(
        self,
        store: Store,
        encoder: Ears,
        workers: Workers,
        bus: Bus,
        clock: Clock,
        health: Health,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._workers = workers
        self._bus = bus
        self._clock = clock
        self._health = health

    async def run_once(self, leaving: asyncio.Event) -> None:
        """Look whenever it is time, until `leaving` is set. For `supervise`."""
        with self._bus.subscribe("second look", LineCommitted) as said:
            # What was said before a restart waits for its look as well.
            waiting_s, last_s = 1.0, self._clock.monotonic()
            self._health.report(PART, HealthState.OK)
            while not await wait_until(leaving, CHECK_S, self._clock):
                for event in said.drain():
                    if isinstance(event, LineCommitted):
                        line = event.line
                        waiting_s += line.end.seconds_since(line.start)
                        last_s = self._clock.monotonic()
                quiet_s = self._clock.monotonic() - last_s
                if waiting_s and (waiting_s >= EVERY_S or quiet_s >= QUIET_S):
                    await self.look()
                    waiting_s = 0.0

    async def look(self) -> None:
        """Look once, write down what is found, and tell. Raises `StoreError`."""
        since = self._clock.wall().plus(-BACK_S)
        standing = await self._store.people.standing()
        lines = _youngest(await self._store.lines.heard(self._encoder.name, since=since))
        if not lines:
            return
        voices = await self._store.voices.all(self._encoder.name)
        revision = await self._workers.run(second_look, lines, voices, self._encoder.calibration)
        events = await self._store.voices.revise(self._encoder.name, revision, standing=standing)
        for event in events:
            self._bus.publish(event)
        if events:
            _log.info("Looked at %d lines again: %d corrections.", len(lines), len(events))


def _youngest(lines: Sequence[HeardLine]) -> Sequence[HeardLine]:
    windows = 0
    for at in range(len(lines) - 1, -1, -1):
        windows += len(lines[at].prints.windows)
        if windows > MOST_WINDOWS:
            return lines[at + 1 :]
    return lines
