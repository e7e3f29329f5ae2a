"""One server: what is asked of it, over which connections, and how it does."""

from __future__ import annotations

import asyncio
import logging
import math
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from wallflower.asr.whisperlive.config import WhisperLiveConfig, server_name
from wallflower.asr.whisperlive.connecting import open_session, reach
from wallflower.asr.whisperlive.failures import ConnectionLost, ServerFrozen, ServerFull
from wallflower.asr.whisperlive.servers.estimate import Estimate
from wallflower.asr.whisperlive.servers.places import Places
from wallflower.asr.whisperlive.servers.slots import Slots
from wallflower.asr.whisperlive.servers.standing import Standing
from wallflower.asr.whisperlive.session import Heard, Session
from wallflower.asr.whisperlive.tasks import Tasks
from wallflower.domain.engine import ServerQuality, ServerState
from wallflower.domain.errors import EngineAway, EngineFailed
from wallflower.domain.speech import Utterance
from wallflower.runtime.clock import Clock, wait_until

LOOK_EVERY_S: Final = 30.0
"""A server nobody talked to for so long is looked at."""
DOUBT_S: Final = (2.0, 6.0)
"""After three times what is expected, within these bounds, no text is strange."""
KEEP_FROM_S: Final = 1.0
"""A connection that took longer to open than this (the server loads a model for each) is kept."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shared:
    """What all servers of an engine have in common."""

    config: WhisperLiveConfig
    tls: ssl.SSLContext | None
    clock: Clock
    tasks: Tasks
    speech: Utterance
    """Sound that is surely speech, for when a server writes nothing."""
    hotwords: Callable[[], tuple[str, ...]]
    place_free: Callable[[], None]
    """Told whenever a place may be free, or a server may have changed its state."""


class Server:
    """Whoever wants to `ask` calls `reserve` first, while `free`; `ask` gives the place back."""

    def __init__(self, url: str, shared: Shared) -> None:
        self._url = url
        self._shared = shared
        self._clock = shared.clock
        self._config = shared.config
        self.name = server_name(url)
        self.places = Places(
            self.name,
            Slots(shared.config.max_clients),
            clock=shared.clock,
            tasks=shared.tasks,
            oldest_s=shared.config.connection_s,
            freed=self._freed,
        )
        self._sessions: set[Session] = set()
        self._estimate = Estimate()
        self._open_s = 0.0
        self._wrote_at_s = -math.inf
        self._look = asyncio.Event()
        self._lost = asyncio.Event()
        """Wakes `watch`: the next look is due sooner now."""
        self.looked_at = asyncio.Event()
        """Set once it is known whether it can be reached."""
        self._round_trip_s: float | None = None
        self._outstanding: list[float] = []
        """Seconds of each utterance that it has and has not written."""
        self._sent_s = self._dropped_s = 0.0
        self.waiting = 0
        """Utterances it has, or will have at once, and has not written."""
        self.standing = Standing(shared.place_free)

    @property
    def free(self) -> bool:
        return not self.standing.lost and self.places.free

    @property
    def expected_s(self) -> float:
        """How long one more utterance would take."""
        return self._estimate.expected_s(self.waiting, self._clock.monotonic())

    def quality(self) -> ServerQuality:
        trip_s = self._round_trip_s
        return ServerQuality(
            name=self.name,
            state=self.standing.state,
            detail=self.standing.detail,
            connections=self.places.taken,
            slots=self.places.limit,
            round_trip_ms=None if trip_s is None else round(1000 * trip_s, 3),
            lag_s=self._estimate.lag_s,
            outstanding_s=math.fsum(self._outstanding),
            sent_s=self._sent_s,
            dropped_s=self._dropped_s,
            reconnects=self.standing.reconnects,
        )

    def reserve(self) -> Session | None:
        """Take a place: a kept connection, or the right to open one (None). For `ask`."""
        self.waiting += 1
        return self.places.take()

    def give_back(self, session: Session | None) -> None:
        """What `reserve` gave is not wanted any more."""
        self.waiting -= 1
        keep = self._open_s >= KEEP_FROM_S and not self.standing.lost
        self.places.give_back(session, keep=keep)

    async def ask(
        self,
        utterance: Utterance,
        session: Session | None,
        language: str | None,
        spoken: str | None = None,
    ) -> Heard:
        """The words of `utterance`, over what `reserve` gave. Raises `EngineFailed`.

        `language` None: the server finds it; `spoken` is the one before it.
        """
        began_s, waiting = self._clock.monotonic(), self.waiting
        # A sign of life is nobody's speech.
        speech_s = 0.0 if utterance is self._shared.speech else utterance.duration_s
        self._outstanding.append(speech_s)
        try:
            if session is None or not self.places.fits(session, language, spoken):
                session = await self._replaced(session, language)
            heard = await self._ask(utterance, session, speech_s)
        except EngineFailed as error:
            self._failed(error)
            raise
        else:
            now_s = self._clock.monotonic()
            # That nothing was said is only known after doubts: no measure of speed. Nor is a sign
            # of life: a server that was away loads its model first.
            if heard.words and speech_s:
                self._estimate.note(now_s - began_s, waiting, now_s)
            self.standing.succeeded()
            return heard
        finally:
            self._outstanding.remove(speech_s)
            self.give_back(session)

    async def watch(self) -> None:
        """Look at it now, then whenever it may be lost or nobody talked to it for long; while it is
        lost, after each delay of its standing.
        """
        while True:
            self._look.clear()
            await self._probe()
            self.looked_at.set()
            await self._rest()

    def look(self) -> None:
        """Look at it now, and soon again: it may be back, or gone."""
        self.standing.expect()
        self._look.set()

    async def close(self) -> None:
        """Close all connections, a few seconds at most. Nobody may ask any more."""
        await asyncio.gather(*(session.finish() for session in tuple(self._sessions)))

    async def _rest(self) -> None:
        """Wait until it is time to look."""
        while not self.standing.lost:
            if await wait_until(self._look, LOOK_EVERY_S, self._clock, self._lost):
                return
            self._lost.clear()
            unheard_s = self._clock.monotonic() - self._wrote_at_s
            if unheard_s >= LOOK_EVERY_S and not self.standing.lost:
                return
        await wait_until(self._look, self.standing.delay_s(), self._clock)

    async def _probe(self) -> None:
        """Ask for a sign of life; a server that was lost has to prove that it still writes."""
        try:
            if self.standing.lost:
                speech = self._shared.speech
                language = self._config.language or self._config.fallback_language
                await self.ask(speech, self.reserve(), language)
            else:
                connection = await reach(self._url, self._config, self._shared.tls)
                await connection.close()
                if self.standing.state is ServerState.UNKNOWN:
                    self.standing.succeeded()
        except EngineFailed as error:
            _log.debug("%s: %s", self.name, error)
            self.standing.failed(error)

    async def _replaced(self, old: Session | None, language: str | None) -> Session:
        if old is not None:
            await old.finish()
        began_s = self._clock.monotonic()
        session = await open_session(
            self._url,
            self._config,
            tls=self._shared.tls,
            clock=self._clock,
            language=language,
            hotwords=self._shared.hotwords(),
            on_text=self._wrote,
        )
        self._open_s = self._clock.monotonic() - began_s
        self._sessions.add(session)
        session.when_ended(self._sessions.discard)
        return session

    async def _ask(self, utterance: Utterance, session: Session, speech_s: float) -> Heard:
        self._sent_s += speech_s
        try:
            return await session.ask(
                utterance,
                doubt_s=min(max(DOUBT_S[0], 3 * self._now_expected_s()), DOUBT_S[1]),
                probe=self._shared.speech.pcm,
                wrote_at_s=lambda: self._wrote_at_s,
            )
        except EngineAway:
            self._dropped_s += speech_s
            raise
        finally:
            self._round_trip_s = session.round_trip_s or self._round_trip_s

    def _now_expected_s(self) -> float:
        """How long what it was asked last should take."""
        return self._estimate.expected_s(self.waiting - 1, self._clock.monotonic())

    def _failed(self, error: EngineFailed) -> None:
        if isinstance(error, ServerFull):
            if not self.places.refused(error.wait_s):
                # Not full for us: the places we have are still ours.
                return
        elif isinstance(error, ServerFrozen):
            for session in self._sessions:
                session.abandon(error)
        elif isinstance(error, ConnectionLost) and not self.standing.lost:
            self._look.set()
        self.standing.failed(error)
        if self.standing.lost:
            self._lost.set()

    def _freed(self) -> None:
        if self.standing.state is ServerState.FULL and self.places.free:
            self.standing.succeeded()
        self._shared.place_free()

    def _wrote(self) -> None:
        self._wrote_at_s = self._clock.monotonic()
