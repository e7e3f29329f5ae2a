"""The engine on WhisperLive servers.

How live speech and whole utterances go together: WhisperLive decodes all it has and has not
finished, again and again, while there is a second of it. A stream of sound therefore keeps a whole
core busy for one talker. An utterance that goes out at once, over a connection that is closed as
soon as its text is there, costs two decodes. So every request is a whole one: of a snapshot (the
text so far, on a server without other work), and of the ended utterance, unless the last snapshot
already holds all that was said. The pipeline keeps the sound until then, so a lost connection
costs nothing but time: the utterance is asked for again, there or elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

from wallflower.asr.whisperlive.config import WhisperLiveConfig
from wallflower.asr.whisperlive.connecting import tls_context
from wallflower.asr.whisperlive.failures import Incomplete, LanguageUnknown, ServerFull
from wallflower.asr.whisperlive.heartbeat import heartbeat
from wallflower.asr.whisperlive.servers.pool import Place, Pool
from wallflower.asr.whisperlive.servers.server import Server, Shared
from wallflower.asr.whisperlive.session import LONGEST_S
from wallflower.asr.whisperlive.tasks import Tasks, within
from wallflower.domain.engine import EngineInfo, ServerQuality
from wallflower.domain.errors import EngineAway, EngineBusy, EngineFailed, EngineRefused
from wallflower.domain.speech import Transcript, Utterance
from wallflower.runtime.clock import Clock

START_S: Final = 2.0
"""How long `start` waits to see which servers are there."""
FAILURES: Final = 3
"""Lost connections after which an utterance is not asked for again."""

_log = logging.getLogger(__name__)


class WhisperLiveEngine:
    """`Engine` on the servers of `config`. `on_change` hears when `servers()` tells of another
    state or reason.
    """

    def __init__(
        self,
        config: WhisperLiveConfig,
        *,
        clock: Clock,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._config = config
        self._clock = clock
        self._on_change = on_change
        self._hints: tuple[str, ...] = ()
        self._tasks = Tasks()
        self._pool = Pool((), clock, wait_away_s=0.0)
        self._told: object = None
        self._asked: list[float] = []
        """Seconds of each ended utterance that has no text yet."""

    @property
    def name(self) -> str:
        return "whisperlive"

    @property
    def ready(self) -> bool:
        """Whether there is a server that may be asked."""
        return any(not server.standing.lost for server in self._pool.servers)

    @property
    def backlog_s(self) -> float:
        return math.fsum(self._asked)

    def servers(self) -> tuple[ServerQuality, ...]:
        """How each server does, in the order of the settings; empty before `start`."""
        return tuple(server.quality() for server in self._pool.servers)

    def info(self) -> EngineInfo:
        return EngineInfo(self.name, self.ready, self.backlog_s, self.servers())

    async def start(self) -> None:
        """Look for the servers, and go on doing so. Those that are away are no error.

        Raises `BadSettings` when `tls_ca` cannot be read. More than once does nothing.
        """
        if self._pool.servers:
            return
        config = self._config
        secure = any(urlsplit(url).scheme == "wss" for url in config.urls)
        shared = Shared(
            config=config,
            tls=await asyncio.to_thread(tls_context, config) if secure else None,
            clock=self._clock,
            tasks=self._tasks,
            speech=await asyncio.to_thread(heartbeat, self._clock),
            hotwords=lambda: self._hints,
            place_free=self._changed,
        )
        servers = [Server(url, shared) for url in config.urls]
        self._pool = Pool(servers, self._clock, wait_away_s=config.wait_away_s)
        looks = [self._tasks.start(server.looked_at.wait(), server.name) for server in servers]
        for server in servers:
            self._tasks.start(server.watch(), f"{server.name}: watch")
        await asyncio.wait(looks, timeout=START_S)

    def open(self, stream_id: str) -> Stream:  # noqa: ARG002 - the contract's
        """May be called before `start`. Servers do not care whose speech it is."""
        return Stream(self, self._config, self._clock)

    def hint(self, words: Sequence[str]) -> None:
        """Names and keywords, for the connections opened from now on."""
        self._hints = tuple(words)

    def look(self) -> None:
        """Look at all servers now, for a caller who knows that one has come or gone."""
        for server in self._pool.servers:
            server.look()

    async def close(self) -> None:
        """Say goodbye to all servers, a few seconds at most. Who waits hears `EngineFailed`."""
        pool, self._pool = self._pool, Pool((), self._clock, wait_away_s=0.0)
        pool.close()
        await self._tasks.close()
        await asyncio.gather(*(server.close() for server in pool.servers))

    def _changed(self) -> None:
        self._pool.place_free()
        told = [(server.standing.state, server.standing.detail) for server in self._pool.servers]
        if told != self._told:
            self._told = told
            self._on_change()


class Stream:
    """`Recognition` of one stream."""

    def __init__(self, engine: WhisperLiveEngine, config: WhisperLiveConfig, clock: Clock) -> None:
        self._engine = engine
        self._config = config
        self._clock = clock
        self._guess: tuple[Utterance, asyncio.Task[Transcript]] | None = None
        self._language: str | None = None
        """As a server found it last."""
        self._order = asyncio.Lock()

    async def partial(self, utterance: Utterance) -> Transcript | None:
        if utterance.duration_s > LONGEST_S or (place := self._engine._pool.spare()) is None:
            return None
        task = self._start(utterance, place, self._config.language)
        self._guess = (utterance, task)
        try:
            return await self._within(self._clock.monotonic() + self._config.patience_s, task)
        except EngineFailed as error:
            _log.debug("%s: no text so far: %s", utterance.stream_id, error)
            return None

    async def final(self, utterance: Utterance) -> Transcript:
        """Raises `EngineBusy`, `EngineAway` or `EngineRefused`, as soon as it is clear that no
        server writes it within `patience_s`, and then at the latest.
        """
        if utterance.duration_s > LONGEST_S:
            raise EngineFailed(f"An utterance for WhisperLive is at most {LONGEST_S:.0f} s long.")
        guess, self._guess = self._guess, None
        deadline_s = self._clock.monotonic() + self._config.patience_s
        self._engine._asked.append(utterance.duration_s)
        try:
            async with self._order:
                language = self._config.language
                if guess is not None and answers(guess[0], utterance):
                    try:
                        return await self._within(deadline_s, guess[1])
                    except EngineFailed as error:
                        language = self._next_language(error, language)
                return await self._final(utterance, deadline_s, language)
        finally:
            self._engine._asked.remove(utterance.duration_s)

    async def close(self) -> None:
        self._guess = None

    async def _final(
        self, utterance: Utterance, deadline_s: float, language: str | None
    ) -> Transcript:
        failures = 0
        while True:
            place = await self._engine._pool.place(deadline_s - self._clock.monotonic())
            try:
                return await self._within(deadline_s, self._start(utterance, place, language))
            except (EngineAway, EngineRefused, Incomplete, LanguageUnknown, ServerFull) as error:
                # Another connection, another server; `place` knows when there is no more hope,
                # and after being refused a place it waits for one.
                failures += not isinstance(error, ServerFull)
                if failures > FAILURES:
                    raise
                _log.debug("%s: asked again: %s", utterance.stream_id, error)
                language = self._next_language(error, language)

    def _next_language(self, error: EngineFailed, language: str | None) -> str | None:
        if isinstance(error, LanguageUnknown):
            return self._language or self._config.fallback_language
        return language

    def _start(
        self, utterance: Utterance, place: Place, language: str | None
    ) -> asyncio.Task[Transcript]:
        # A task of its own: should the caller lose patience, the server's answer still counts.
        name = f"{utterance.stream_id}: whisperlive"
        return self._engine._tasks.start(self._ask(utterance, place, language), name)

    async def _ask(self, utterance: Utterance, place: Place, language: str | None) -> Transcript:
        server, session = place
        heard = await server.ask(utterance, session, language, self._language)
        if language is None and heard.language is not None:
            self._language = heard.language
        spoken = heard.language or self._language or self._config.fallback_language
        return Transcript(heard.words, spoken, f"whisperlive:{server.name}")

    async def _within(self, deadline_s: float, task: asyncio.Task[Transcript]) -> Transcript:
        try:
            return await within(deadline_s - self._clock.monotonic(), task, self._clock)
        except TimeoutError:
            patience_s = self._config.patience_s
            raise EngineBusy(f"No text came from WhisperLive within {patience_s:g} s.") from None


def answers(snapshot: Utterance, final: Utterance) -> bool:
    """Whether the text of `snapshot` is that of `final`: the same but for silence at the end."""
    return (
        snapshot.number == final.number
        and snapshot.start == final.start
        and snapshot.speech_start_s == final.speech_start_s
        and snapshot.speech_end_s == final.speech_end_s
    )
