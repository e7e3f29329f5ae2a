"""Somebody who looks after the servers: tells health, and restarts a local one that froze."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from wallflower.asr.relay import Relay, trouble
from wallflower.asr.whisperlive.config import server_name
from wallflower.asr.whisperlive.local import LocalServer
from wallflower.domain.engine import ServerState
from wallflower.runtime.clock import Clock, wait_until
from wallflower.runtime.health import Health, HealthState

PART: Final = "whisperlive"
LOOK_EVERY_S: Final = 1.0
"""How often one looks though nothing was told: the embedded engine comes and goes silently."""
FROZEN_S: Final = 60.0
"""A server that is still called frozen so long after its restart is started again once more."""

_log = logging.getLogger(__name__)


class Watch:
    """`run_once` looks for ever, and at once when `changed` is set."""

    def __init__(
        self,
        relay: Relay,
        local: LocalServer | None,
        *,
        changed: asyncio.Event,
        clock: Clock,
        health: Health,
    ) -> None:
        self._relay = relay
        self._local = local
        self._changed = changed
        self._clock = clock
        self._health = health
        self._told: str | None = None
        self._thawed_at = -FROZEN_S

    async def run_once(self) -> None:
        while True:
            self._changed.clear()
            self._tell(trouble(self._relay.servers(), stand_in=self._relay.stand_in))
            if self._local is not None:
                self._thaw(self._local)
            await wait_until(self._changed, LOOK_EVERY_S, self._clock)

    def _tell(self, sentence: str | None) -> None:
        if sentence is None:
            self._health.report(PART, HealthState.OK)
            if self._told is not None:
                _log.info("WhisperLive writes again.")
        else:
            self._health.report(PART, HealthState.DEGRADED, sentence, "whisperlive_away")
            if self._told is None:
                _log.warning("%s", sentence)
        self._told = sentence

    def _thaw(self, local: LocalServer) -> None:
        name = server_name(local.url)
        states = {server.name: server.state for server in self._relay.servers()}
        now = self._clock.monotonic()
        if states.get(name) is ServerState.FROZEN and now - self._thawed_at >= FROZEN_S:
            self._thawed_at = now
            local.restart(
                "The local WhisperLive server took sound and wrote nothing; it is started again."
            )
