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
from typing import Any, Final

import numpy as np
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK

from wallflower.asr.whisperlive.failures import (
    ConnectionLost,
    Incomplete,
    LanguageUnknown,
    ServerFrozen,
    ServerFull,
)
from wallflower.asr.whisperlive.tasks import within
from wallflower.asr.whisperlive.wire.ask import Ask
from wallflower.asr.whisperlive.wire.events import (
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
from wallflower.asr.whisperlive.wire.messages import ProtocolError
from wallflower.asr.whisperlive.wire.protocol import FRAME_S, Protocol, State
from wallflower.asr.whisperlive.wire.sent import Sent
from wallflower.asr.whisperlive.wire.words import words_of
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
FROZEN_S: Final = 12.0
"""How long a server may write nothing at all, for anybody, that it was surely sent speech in. On a
busy machine it is noticed later still, and 15 s is the most that is promised."""
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
        self._answer: asyncio.Future[list[Segment]] | None = None
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
        healthy = self._failure is None and self._protocol.state is State.READY
        return healthy and self.clean.is_set()

    def when_ended(self, ended: Callable[[Session], None]) -> None:
        """Have `ended` called once nothing more will come."""
        self._reader.add_done_callback(lambda _reader: ended(self))

    async def opened(self, timeout_s: float) -> None:
        """Wait until the server is ready. Raises `EngineAway`, `EngineRefused`, `ServerFull`."""
        try:
            await self._connection.send(self._protocol.hello())
            await within(timeout_s, self._ready, self._clock)
            asyncio.ensure_future(await self._connection.ping()).add_done_callback(self._pong)
        except TimeoutError:
            raise EngineAway(
                f"The WhisperLive server at {self._name} takes too long to get ready."
            ) from None
        except ConnectionClosed:
            raise await self._why() from None

    async def ask(
        self, utterance: Utterance, *, doubt_s: float, probe: Pcm, wrote_at_s: Callable[[], float]
    ) -> Heard:
        """The words of `utterance` (at most `LONGEST_S` seconds).

        After `doubt_s` without text, `probe` (sound that is surely speech) tells whether nothing
        was said or nothing is written any more. `wrote_at_s` is when the server last wrote
        anything for anybody. Raises `EngineAway`, `LanguageUnknown` or `Incomplete`.
        """
        since_s = self._clock.monotonic()
        frames, first_s, last_s = self._laid(utterance.pcm)
        self._ask = Ask(first_s, last_s, translating=self._translating)
        self._answer = answer = asyncio.get_running_loop().create_future()
        try:
            await self._send(frames, FROZEN_S)
            try:
                segments = await within(doubt_s, answer, self._clock)
            except TimeoutError:
                segments = await self._doubt(answer, since_s, probe, wrote_at_s)
        except ConnectionClosed:
            raise await self._why() from None
        except TimeoutError:
            raise ServerFrozen(self._name) from None
        finally:
            self._ask = self._answer = None
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

    def _laid(self, pcm: Pcm) -> tuple[list[bytes], float, float]:
        """What to send for `pcm`, and where it will begin and end on the connection."""
        gap = int(GAP_S * SAMPLE_RATE) if self._sent.samples else 0
        tail = int(TAIL_S * SAMPLE_RATE)
        frames = self._protocol.frames(np.pad(pcm, (gap, tail)))
        self._sent.silence(gap)
        first_s = self._sent.seconds
        self._sent.sound(len(pcm), 0.0)
        self._sent.silence(tail)
        self.clean.clear()
        return frames, first_s - gap / SAMPLE_RATE / 2, self._sent.seconds

    async def _send(self, frames: list[bytes], seconds: float) -> None:
        """Raises `TimeoutError`: a frozen server takes no more once the kernel's buffers are full.

        Those are real, so the seconds are, too, whatever the clock says.
        """
        async with asyncio.timeout(seconds):
            for frame in frames:
                await self._connection.send(frame)

    async def _doubt(
        self,
        answer: asyncio.Future[list[Segment]],
        since_s: float,
        probe: Pcm,
        wrote_at_s: Callable[[], float],
    ) -> list[Segment]:
        if self.language is None:
            raise LanguageUnknown(f"{self._name} does not know the language of an utterance.")
        # What comes after this moment of the connection is the probe's.
        frames, _, _ = self._laid(probe)
        await self._send(frames, max(0.0, since_s + FROZEN_S - self._clock.monotonic()))
        while (left_s := max(since_s, wrote_at_s()) + FROZEN_S - self._clock.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                return await within(left_s, answer, self._clock)
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
        if self._ask is None or self._answer is None or self._answer.done():
            return
        try:
            segments = self._ask.take(event)
        except Incomplete as error:
            _fail(self._answer, error)
        else:
            if segments is not None:
                self._answer.set_result(segments)

    def _pong(self, pong: asyncio.Future[float]) -> None:
        if not pong.cancelled() and pong.exception() is None:
            self.round_trip_s = pong.result()

    def _fail(self, error: EngineFailed) -> None:
        if self._failure is None:
            self._failure = error
        _fail(self._ready, self._failure)
        if self._answer is not None:
            _fail(self._answer, self._failure)

    async def _why(self) -> EngineFailed:
        """Why the connection is closed, which only its reader learns."""
        await asyncio.wait((self._reader,))
        return self._failure or self._gone()

    def _gone(self, error: ConnectionClosed | None = None) -> EngineFailed:
        server = f"The WhisperLive server at {self._name}"
        if not self._ready.done() and (error is None or isinstance(error, ConnectionClosedOK)):
            # Without a model it knows a server closes as if all were well.
            return EngineRefused(f"{server} closes at once; check asr.model and its own log.")
        if not self._ready.done():
            return EngineAway(f"{server} closed the connection before it was ready.")
        return ConnectionLost(f"{server} closed the connection.")


def _fail(future: asyncio.Future[Any], error: EngineFailed) -> None:
    if not future.done():
        future.set_exception(error)
        # Whoever waited for it may have gone.
        future.exception()
