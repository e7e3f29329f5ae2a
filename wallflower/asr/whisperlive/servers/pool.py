"""Which server gets an utterance, and who waits for a place."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final

from wallflower.asr.whisperlive.servers.server import Server
from wallflower.asr.whisperlive.session import Session
from wallflower.asr.whisperlive.tasks import within
from wallflower.domain.errors import EngineAway, EngineBusy, EngineFailed
from wallflower.runtime.clock import Clock

Place = tuple[Server, Session | None]
"""A server, and what its `ask` wants."""

SPARE_S: Final = 1.0
"""A server that takes longer than this has no time for text so far."""
TOO_SLOW: Final = "The WhisperLive servers are behind: an utterance would take {0:.0f} s."


class Pool:
    """All servers. Places go to who asks first; each to the server that should write soonest."""

    def __init__(self, servers: Sequence[Server], clock: Clock, *, wait_away_s: float) -> None:
        self.servers = tuple(servers)
        self._clock = clock
        self._wait_away_s = wait_away_s
        self._waiting: deque[asyncio.Future[Place]] = deque()

    async def place(self, patience_s: float) -> Place:
        """A place for an utterance that has to be written within `patience_s`.

        Raises `EngineBusy`, `EngineAway` or `EngineRefused`: at once when it is clear that none
        will be free in time, else after `patience_s`.
        """
        if not self._waiting and (server := self._best()) is not None:
            # A server without work is always tried: how else would it be seen to be faster now.
            if server.waiting and server.expected_s > patience_s:
                raise EngineBusy(TOO_SLOW.format(server.expected_s))
            return server, server.reserve()
        wait_s = min(patience_s, self._hopeful_s(patience_s))
        turn: asyncio.Future[Place] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            return await within(wait_s, turn, self._clock)
        except TimeoutError:
            raise self._why() from None
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                server, session = turn.result()
                server.give_back(session)
            raise
        finally:
            if turn in self._waiting:
                self._waiting.remove(turn)

    def spare(self) -> Place | None:
        """A place on a quick server without work, unless somebody waits."""
        server = None if self._waiting else self._best()
        if server is None or server.waiting or server.expected_s > SPARE_S:
            return None
        return server, server.reserve()

    def place_free(self) -> None:
        """A place may be free, or a server lost: who waits gets it, or hears that there is none."""
        while self._waiting and (server := self._best()) is not None:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result((server, server.reserve()))
        if all(server.standing.lost for server in self.servers) and not self._wait_away_s:
            self.close()

    def close(self) -> None:
        """Nobody will get a place any more."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(self._why())

    def _best(self) -> Server | None:
        free = (server for server in self.servers if server.free)
        return min(free, key=lambda server: server.expected_s, default=None)

    def _hopeful_s(self, patience_s: float) -> float:
        """How long waiting may help. Raises when it cannot."""
        there = [server for server in self.servers if not server.standing.lost]
        if not there:
            if not self._wait_away_s:
                raise self._why()
            return self._wait_away_s
        soonest_s = min(server.places.full_for_s + server.expected_s for server in there)
        if soonest_s > patience_s:
            raise self._why()
        return patience_s

    def _why(self) -> EngineFailed:
        """Why no place is free."""
        for server in self.servers:
            if not server.standing.lost:
                return server.standing.error or EngineBusy(
                    "The WhisperLive servers have no place free soon enough."
                )
        errors = [server.standing.error for server in self.servers]
        return next((error for error in errors if error), EngineAway("WhisperLive is not in use."))
