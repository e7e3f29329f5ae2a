"""Somebody who looks after the servers: tells health, and restarts a local one that hangs."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from wallflower.asr.relay import Relay, starting, trouble
from wallflower.asr.whisperlive.config import server_name
from wallflower.asr.whisperlive.local import START_S, LocalServer
from wallflower.domain.engine import ServerState
from wallflower.runtime.clock import Clock, wait_until
from wallflower.runtime.health import Health, HealthState

PART: Final = "whisperlive"
SERVER: Final = "whisperlive server"
"""The part of health that is the local server's process."""
LOOK_EVERY_S: Final = 1.0
"""How often one looks though nothing was told: the embedded engine comes and goes silently."""
HUNG_S: Final = 15.0
"""A local server that wrote, still runs and has not written for so long is started again; one that
never wrote gets `START_S`, since it loads its model before it writes for the first time."""
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
        self._wrote_in = 0
        """The last start of the local server after which it wrote."""

    async def run_once(self) -> None:
        while True:
            self._changed.clear()
            servers = self._relay.servers()
            calm = None
            if self._local is not None:
                name = server_name(self._local.url)
                states = {server.name: server.state for server in servers}
                self._thaw(self._local, states.get(name))
                if self._starts(self._local):
                    servers = tuple(server for server in servers if server.name != name)
                    calm = starting(servers, stand_in=self._relay.stand_in)
            self._tell(trouble(servers, stand_in=self._relay.stand_in), calm)
            await wait_until(self._changed, LOOK_EVERY_S, self._clock)

    def _tell(self, sentence: str | None, calm: str | None) -> None:
        if sentence is None:
            self._health.report(PART, HealthState.OK, calm)
            if self._told is not None:
                _log.info("WhisperLive writes again.")
        else:
            self._health.report(PART, HealthState.DEGRADED, sentence, "whisperlive_away")
            if self._told is None:
                _log.warning("%s", sentence)
        self._told = sentence

    def _starts(self, local: LocalServer) -> bool:
        """Whether the local server is about to write for the first time, and nothing failed."""
        process = self._health.parts().get(SERVER)
        well = process is None or process.state is HealthState.OK
        return well and local.starts <= 1 and not self._wrote_in

    def _thaw(self, local: LocalServer, state: ServerState | None) -> None:
        if state is ServerState.READY:
            self._wrote_in = local.starts
        if state not in HUNG or not local.listening.is_set():
            self._hung_since = None
            return
        patience_s = HUNG_S if self._wrote_in == local.starts else START_S
        now = self._clock.monotonic()
        if self._hung_since is None:
            self._hung_since = now
        elif now - self._hung_since >= patience_s:
            self._hung_since = None
            local.restart("The local WhisperLive server runs but does not write any more.")
