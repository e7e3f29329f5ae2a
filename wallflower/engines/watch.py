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
HUNG_S: Final = 30.0
"""A local server that runs but has not written for so long is started again. It must be longer
than a server takes to load its model and write for the first time."""
HUNG: Final = frozenset({ServerState.FROZEN, ServerState.AWAY})
"""As seen by who talks to it: it may be stopped entirely, or only its recognition."""

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
        self._hung_since: float | None = None

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
        if states.get(name) not in HUNG or not local.listening.is_set():
            self._hung_since = None
            return
        now = self._clock.monotonic()
        if self._hung_since is None:
            self._hung_since = now
        elif now - self._hung_since >= HUNG_S:
            self._hung_since = None
            local.restart("The local WhisperLive server runs but does not write any more.")
