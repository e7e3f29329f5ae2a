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
from wallflower.asr.whisperlive.connecting import reach
from wallflower.asr.whisperlive.estimate import Estimate
from wallflower.asr.whisperlive.failures import ConnectionLost, ServerFrozen, ServerFull
from wallflower.asr.whisperlive.session import Heard, Session, open_session
from wallflower.asr.whisperlive.slots import Slots
from wallflower.asr.whisperlive.standing import Standing
from wallflower.asr.whisperlive.tasks import Tasks
from wallflower.domain.engine import ServerQuality, ServerState
from wallflower.domain.errors import EngineAway, EngineFailed
from wallflower.domain.speech import Utterance
from wallflower.runtime.clock import Clock, wait_until

LOOK_EVERY_S: Final = 30.0
"""A server nobody talked to for so long is looked at."""
DOUBT_S: Final = (2.0, 6.0)
"""After three times what is expected, within these bounds, no text is strange."""
FULL_S: Final = (1.0, 60.0)
"""A full server is asked again when it said, within these bounds: places are freed early too."""
KEEP_FROM_S: Final = 1.0
"""A connection that took longer to open than this (the server loads a model for each) is kept."""
CLEAN_S: Final = 3.0
"""How long a kept connection may take until the server let go of the last utterance."""
LINGER_S: Final = 30.0
"""How long a kept connection holds its place without work."""

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
        self._kept: list[Session] = []
        self._busy: set[Session] = set()
        self._slots = Slots(shared.config.max_clients)
        self._estimate = Estimate()
        self._open_s = 0.0
        self._wrote_at_s = -math.inf
        self._full_until_s = -math.inf
        self._look = asyncio.Event()
        self.looked_at = asyncio.Event()
        """Set once it is known whether it can be reached."""
        self._round_trip_s: float | None = None
        self._outstanding_s = self._sent_s = self._dropped_s = 0.0
        self.name = server_name(url)
        self.waiting = 0
        """Utterances it has, or will have at once, and has not written."""
        self.standing = Standing(shared.place_free)

    @property
    def free(self) -> bool:
        return not self.standing.lost and (bool(self._kept) or self._slots.free)

    @property
    def expected_s(self) -> float:
        """How long one more utterance would take."""
        return self._estimate.expected_s(self.waiting, self._clock.monotonic())

    @property
    def full_for_s(self) -> float:
        """How long others keep all places, as far as it told."""
        return max(0.0, self._full_until_s - self._clock.monotonic())

    def quality(self) -> ServerQuality:
        trip_s = self._round_trip_s
        return ServerQuality(
            name=self.name,
            state=self.standing.state,
            detail=self.standing.detail,
            connections=self._slots.taken,
            slots=self._slots.limit,
            round_trip_ms=None if trip_s is None else round(1000 * trip_s, 3),
            lag_s=self._estimate.lag_s,
            outstanding_s=self._outstanding_s,
            sent_s=self._sent_s,
            dropped_s=self._dropped_s,
            reconnects=self.standing.reconnects,
        )

    def reserve(self) -> Session | None:
        """Take a place: a kept connection, or the right to open one (None). For `ask`."""
        self.waiting += 1
        if self._kept:
            return self._kept.pop()
        self._slots.take()
        return None

    def give_back(self, session: Session | None) -> None:
        """What `reserve` gave is not wanted after all."""
        self.waiting -= 1
        self._shared.tasks.start(self._put_back(session), f"{self.name}: put back")

    async def ask(
        self, utterance: Utterance, session: Session | None, language: str | None
    ) -> Heard:
        """The words of `utterance`, over what `reserve` gave. Raises `EngineFailed`."""
        began_s, waiting = self._clock.monotonic(), self.waiting
        self._outstanding_s += utterance.duration_s
        try:
            if session is None or not self._fits(session, language):
                session = await self._replaced(session, language)
            heard = await self._ask(utterance, session)
        except EngineFailed as error:
            self._failed(error)
            raise
        else:
            now_s = self._clock.monotonic()
            # That nothing was said is only known after doubts: no measure of speed.
            if heard.words:
                self._estimate.note(now_s - began_s, waiting, now_s)
            self.standing.succeeded()
            return heard
        finally:
            self._outstanding_s -= utterance.duration_s
            self.give_back(session)

    async def watch(self) -> None:
        """Look at it now, then whenever it may be lost or nobody talked to it for long."""
        while True:
            await self._probe()
            self.looked_at.set()
            if self.standing.lost:
                self._look.clear()
                await wait_until(self._look, self.standing.delay_s(), self._clock)
            else:
                while not await wait_until(self._look, LOOK_EVERY_S, self._clock):
                    if self._clock.monotonic() - self._wrote_at_s >= LOOK_EVERY_S:
                        break
                self._look.clear()

    def look(self) -> None:
        """Look at it now: it may be back, or gone."""
        self._look.set()

    async def close(self) -> None:
        """Give back all places, a few seconds at most."""
        sessions = [*self._kept, *self._busy]
        self._kept.clear()
        await asyncio.gather(*(session.finish() for session in sessions))

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
        return session

    async def _ask(self, utterance: Utterance, session: Session) -> Heard:
        self._busy.add(session)
        self._sent_s += utterance.duration_s
        try:
            return await session.ask(
                utterance,
                doubt_s=min(max(DOUBT_S[0], 3 * self._now_expected_s()), DOUBT_S[1]),
                probe=self._shared.speech.pcm,
                wrote_at_s=lambda: self._wrote_at_s,
            )
        except EngineAway:
            self._dropped_s += utterance.duration_s
            raise
        finally:
            self._busy.discard(session)
            self._round_trip_s = session.round_trip_s or self._round_trip_s

    def _now_expected_s(self) -> float:
        """How long what it was asked last should take."""
        return self._estimate.expected_s(self.waiting - 1, self._clock.monotonic())

    def _failed(self, error: EngineFailed) -> None:
        if isinstance(error, ServerFull):
            self._slots.refused()
            wait_s = min(max(error.wait_s, FULL_S[0]), FULL_S[1])
            self._shared.tasks.start(self._ask_again(wait_s), f"{self.name}: full")
            if self._slots.limit:
                # Not full for us: the places we have are still ours.
                return
            self._full_until_s = self._clock.monotonic() + wait_s
        elif isinstance(error, ServerFrozen):
            for session in self._busy:
                session.abandon(error)
        elif isinstance(error, ConnectionLost):
            self._look.set()
        self.standing.failed(error)

    async def _ask_again(self, wait_s: float) -> None:
        await self._clock.sleep(wait_s)
        self._slots.ask_again()
        if self.standing.state is ServerState.FULL:
            self.standing.succeeded()
        self._shared.place_free()

    async def _put_back(self, session: Session | None) -> None:
        """Keep the connection for who comes next, or close it and free its place."""
        if session is not None and await self._worth_keeping(session):
            self._kept.append(session)
            self._shared.tasks.start(self._expire(session), f"{self.name}: kept")
        else:
            await self._free(session)
        self._shared.place_free()

    async def _worth_keeping(self, session: Session) -> bool:
        if self._open_s < KEEP_FROM_S or self.standing.lost:
            return False
        await wait_until(session.clean, CLEAN_S, self._clock)
        return self._fits(session, session.asked_for)

    async def _expire(self, session: Session) -> None:
        """A kept connection holds its place only for so long."""
        await self._clock.sleep(LINGER_S)
        if session in self._kept and self._clock.monotonic() - session.used_s >= LINGER_S:
            self._kept.remove(session)
            await self._free(session)
            self._shared.place_free()

    async def _free(self, session: Session | None) -> None:
        try:
            if session is not None:
                await session.finish()
        finally:
            self._slots.give_back()

    def _fits(self, session: Session, language: str | None) -> bool:
        age_s = self._clock.monotonic() - session.born_s
        return (
            session.usable and session.asked_for == language and age_s < self._config.connection_s
        )

    def _wrote(self) -> None:
        self._wrote_at_s = self._clock.monotonic()
