"""One connection to one server: asks for the words of one utterance at a time.

WhisperLive decodes all it has and has not finished, again and again, as long as it is a second or
more. So an utterance goes out in one message, and the first text that comes back is the text of
all of it; sending piece by piece would only make the server decode the same sound more often.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK

from wallflower.asr.whisperlive.asking import Ask
from wallflower.asr.whisperlive.events import (
    Completed,
    Disconnected,
    Event,
    Full,
    LanguageFound,
    Missed,
    Ready,
    Segment,
    ServerError,
    SoFar,
    Translated,
    Warned,
)
from wallflower.asr.whisperlive.failures import (
    ConnectionLost,
    LanguageUnknown,
    ServerFrozen,
    ServerFull,
)
from wallflower.asr.whisperlive.messages import ProtocolError
from wallflower.asr.whisperlive.protocol import FRAME_S, Protocol, State
from wallflower.asr.whisperlive.sent import Sent
from wallflower.asr.whisperlive.within import within
from wallflower.asr.whisperlive.words import words_of
from wallflower.domain.errors import EngineAway, EngineFailed, EngineRefused
from wallflower.domain.speech import Pcm, Utterance, Word
from wallflower.domain.times import SAMPLE_RATE
from wallflower.runtime.clock import Clock

TAIL_S: Final = 1.0
"""Silence after an utterance. Servers never decode less than a second, and Whisper hears the last
words of what ends in silence better: read speech cut at its pauses had 16 % word errors without,
12.6 % with 0.5 s, 12.3 % with 1 s, where whole files had 10.7 % (tiny.en)."""
GAP_S: Final = 1.0
"""Silence between two utterances on one connection."""
LONGEST_S: Final = FRAME_S - GAP_S - TAIL_S
"""The longest utterance that goes out in one message."""
FROZEN_S: Final = 14.0
"""How long a server may write nothing at all, for anybody, that it was surely sent speech in."""
GOODBYE_S: Final = 3.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """The words of one utterance, times in seconds from its first sample."""

    words: tuple[Word, ...]
    language: str | None
    """None when neither we nor the server said."""


class Session:
    """Made by `open_session`. `ask` one after another, `finish` at the end."""

    def __init__(
        self,
        name: str,
        connection: ClientConnection,
        protocol: Protocol,
        *,
        clock: Clock,
        language: str | None,
        translating: bool,
        on_text: Callable[[], None],
    ) -> None:
        """`on_text` hears of every message about segments: the server lives."""
        self._name = name
        self._connection = connection
        self._protocol = protocol
        self._clock = clock
        self._translating = translating
        self._on_text = on_text
        self._sent = Sent()
        self._ask: Ask | None = None
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._failure: EngineFailed | None = None
        self._reader = asyncio.create_task(self._read(), name=f"whisperlive {name}")
        self.asked_for = language
        self.language = language
        """As asked for, or as the server found."""
        self.clean = asyncio.Event()
        """Set while the server has nothing left of what it was sent."""
        self.clean.set()
        self.born_s = self.used_s = clock.monotonic()
        self.round_trip_s: float | None = None

    @property
    def usable(self) -> bool:
        """Whether it may be asked: open, and with nothing of the last utterance left."""
        return self._protocol.state is State.READY and self.clean.is_set()

    @property
    def failure(self) -> EngineFailed:
        """Why it ended."""
        return self._failure or self._gone()

    async def opened(self, timeout_s: float) -> None:
        """Wait until the server is ready. Raises `EngineAway`, `EngineRefused`, `ServerFull`."""
        await self._connection.send(self._protocol.hello())
        try:
            await within(timeout_s, self._ready, self._clock)
        except TimeoutError:
            raise EngineAway(
                f"The WhisperLive server at {self._name} takes too long to get ready."
            ) from None
        asyncio.ensure_future(await self._connection.ping()).add_done_callback(self._pong)

    async def ask(
        self, utterance: Utterance, *, doubt_s: float, probe: Pcm, wrote_at_s: Callable[[], float]
    ) -> Heard:
        """The words of `utterance` (at most `LONGEST_S` seconds).

        After `doubt_s` without text, `probe` (sound that is surely speech) tells whether nothing
        was said or nothing is written any more. `wrote_at_s` is when the server last wrote
        anything for anybody. Raises `EngineAway`, `LanguageUnknown` or `Incomplete`.
        """
        self._ask = ask = Ask(0.0, 0.0, self._translating)
        try:
            since_s = self._clock.monotonic()
            # A frozen server does not even take it, once the kernel's buffers are full.
            async with asyncio.timeout(FROZEN_S):
                ask.first_s, ask.last_s = await self._send(utterance.pcm)
            try:
                segments = await within(doubt_s, ask.answer, self._clock)
            except TimeoutError:
                segments = await self._doubt(ask, since_s, probe, wrote_at_s)
        except ConnectionClosed:
            raise self.failure from None
        except TimeoutError:
            raise ServerFrozen(self._name) from None
        finally:
            self._ask = None
            self.used_s = self._clock.monotonic()
        words = words_of(segments, self._sent, utterance.speech_start_s, utterance.speech_end_s)
        return Heard(tuple(words), self.language)

    def abandon(self, error: EngineFailed) -> None:
        """Nothing will come any more: whoever waits hears `error`."""
        self._fail(error)

    async def finish(self) -> None:
        """Say goodbye and wait until the server has freed our place, a few seconds at most."""
        try:
            if not self._reader.done():
                async with asyncio.timeout(GOODBYE_S):
                    await self._connection.send(self._protocol.end())
                    await asyncio.shield(self._reader)
        except (TimeoutError, ConnectionClosed):
            _log.debug("%s did not close the connection itself.", self._name)
        finally:
            self._reader.cancel()
            await self._connection.close()

    async def _send(self, pcm: Pcm) -> tuple[float, float]:
        """Send `pcm` in one message; return where it begins and ends on the connection."""
        gap = int(GAP_S * SAMPLE_RATE) if self._sent.samples else 0
        tail = int(TAIL_S * SAMPLE_RATE)
        frames = self._protocol.frames(np.pad(pcm, (gap, tail)))
        self._sent.silence(gap)
        first_s = self._sent.seconds
        self._sent.sound(len(pcm), 0.0)
        self._sent.silence(tail)
        self.clean.clear()
        for frame in frames:
            await self._connection.send(frame)
        return first_s - gap / SAMPLE_RATE / 2, self._sent.seconds

    async def _doubt(
        self, ask: Ask, since_s: float, probe: Pcm, wrote_at_s: Callable[[], float]
    ) -> list[Segment]:
        if self.language is None:
            raise LanguageUnknown(f"{self._name} does not know the language of an utterance.")
        # What comes after this moment of the connection is the probe's.
        async with asyncio.timeout(FROZEN_S):
            await self._send(probe)
        while (left_s := max(since_s, wrote_at_s()) + FROZEN_S - self._clock.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                return await within(left_s, ask.answer, self._clock)
        raise ServerFrozen(self._name)

    async def _read(self) -> None:
        try:
            async for text in self._connection:
                for event in self._protocol.receive(text):
                    self._take(event)
            self._fail(self._gone())
        except ConnectionClosed as error:
            self._fail(self._gone(error))
        except ProtocolError as error:
            self._fail(EngineRefused(f"{self._name} is no WhisperLive server: {error}"))
            await self._connection.close()
        finally:
            self._protocol.lost()
            self._fail(self._gone())

    def _take(self, event: Event) -> None:
        match event:
            case Completed() | SoFar() | Translated() | Missed():
                self._text(event)
            case Ready():
                self._ready.set_result(None)
            case LanguageFound(language):
                self.language = language
            case Full(wait_s):
                self._fail(ServerFull(self._name, wait_s))
            case ServerError(text):
                self._fail(EngineRefused(f"The WhisperLive server at {self._name} says: {text}."))
            case Warned(text):
                _log.warning("WhisperLive at %s: %s", self._name, text)
            case Disconnected():
                _log.debug("%s ends a connection that is too old.", self._name)

    def _text(self, event: Completed | SoFar | Translated | Missed) -> None:
        if isinstance(event, SoFar):
            self._on_text()
            if event.segment is None:
                self.clean.set()
        if self._ask is not None:
            self._ask.take(event)

    def _pong(self, pong: asyncio.Future[float]) -> None:
        if not pong.cancelled() and pong.exception() is None:
            self.round_trip_s = pong.result()

    def _fail(self, error: EngineFailed) -> None:
        if self._failure is None:
            self._failure = error
        if not self._ready.done():
            self._ready.set_exception(self._failure)
            self._ready.exception()
        if self._ask is not None:
            self._ask.fail(self._failure)

    def _gone(self, error: ConnectionClosed | None = None) -> EngineFailed:
        server = f"The WhisperLive server at {self._name}"
        if not self._ready.done() and (error is None or isinstance(error, ConnectionClosedOK)):
            # Without a model it knows a server closes as if all were well.
            return EngineRefused(f"{server} closes at once; check asr.model and its own log.")
        if not self._ready.done():
            return EngineAway(f"{server} closed the connection before it was ready.")
        return ConnectionLost(f"{server} closed the connection.")
