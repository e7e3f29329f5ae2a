"""Two engines as one: servers first, and the embedded engine for what they cannot take."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final, Protocol

from wallflower.asr.contract import Engine, Recognition
from wallflower.asr.relay.places import Places
from wallflower.domain.engine import ServerQuality, ServerState
from wallflower.domain.errors import EngineAway, EngineBusy, EngineFailed, EngineRefused
from wallflower.domain.speech import Transcript, Utterance
from wallflower.domain.times import WallTime
from wallflower.runtime.clock import Clock

PASSING: Final = (EngineAway, EngineBusy, EngineRefused)
"""Failures that say nothing about the utterance: it may be asked about again later."""
AGAIN_S: Final = 1.0
"""How often speech that nobody could take is offered anew."""
KEEP_S: Final = 600.0
"""How long it is offered. A stream keeps only so many utterances waiting behind it anyway."""

_log = logging.getLogger(__name__)


class ServerEngine(Engine, Protocol):
    """An engine that has others do the work.

    Its recognitions raise `EngineFailed` within a bound of their own when no server can take an
    utterance (`EngineBusy`: none has the time for it).
    """

    def servers(self) -> tuple[ServerQuality, ...]: ...


class Relay:
    """`Engine`: `first` writes, `second` takes over at once what `first` cannot.

    Whoever talks takes one of `places` with the servers; without one, `second` gets the whole
    utterance from the start. An utterance `first` fails on, or has not written in its time, goes
    to `second` as well. While neither can take it, it waits, `KEEP_S` at most. `second` is None
    where there is no model for it; otherwise `start` does not start it: its owner does, so that
    loading it keeps nobody waiting.
    """

    def __init__(
        self, first: ServerEngine, second: Engine | None, *, clock: Clock, places: Places
    ) -> None:
        self._first = first
        self._second = second
        self._clock = clock
        self._places = places
        self.taken_over = 0
        """Utterances that `second` wrote."""

    @property
    def name(self) -> str:
        """The engine that would write now."""
        if self._second is None or self.servers_ready or not self.stand_in:
            return self._first.name
        return self._second.name

    @property
    def ready(self) -> bool:
        return self._first.ready or self.stand_in

    @property
    def backlog_s(self) -> float:
        return self._first.backlog_s + (self._second.backlog_s if self._second else 0.0)

    def servers(self) -> tuple[ServerQuality, ...]:
        return self._first.servers()

    @property
    def stand_in(self) -> bool:
        """Whether the second engine can take over now."""
        return self._second is not None and self._second.ready

    @property
    def servers_ready(self) -> bool:
        """Whether a server wrote what it was last asked."""
        return any(server.state is ServerState.READY for server in self.servers())

    async def start(self) -> None:
        await self._first.start()

    def open(self, stream_id: str) -> Recognition:
        second = None if self._second is None else self._second.open(stream_id)
        return Relayed(self, self._first.open(stream_id), second)

    def hint(self, words: Sequence[str]) -> None:
        self._first.hint(words)
        if self._second is not None:
            self._second.hint(words)

    async def close(self) -> None:
        await self._first.close()
        if self._second is not None:
            await self._second.close()


class Relayed:
    """`Recognition` of one stream through a relay."""

    def __init__(self, relay: Relay, first: Recognition, second: Recognition | None) -> None:
        self._relay = relay
        self._first = first
        self._second = second
        self._choices: dict[WallTime, _Choice] = {}
        """By the start of the utterance, which all its snapshots share."""
        self._written: WallTime | None = None
        """Start of the last utterance that has its text."""

    async def partial(self, utterance: Utterance) -> Transcript | None:
        if utterance.start == self._written:
            return None
        choice = self._choice(utterance)
        if choice.first:
            try:
                text = await self._first.partial(utterance)
            except EngineFailed as error:
                choice.give_up(error)
            else:
                if text is not None:
                    return text
        return None if self._second is None else await self._second.partial(utterance)

    async def final(self, utterance: Utterance) -> Transcript:
        choice = self._choice(utterance)
        try:
            return await self._write(utterance, choice)
        finally:
            self._written = utterance.start
            self._forget_until(utterance.start)

    async def close(self) -> None:
        for choice in self._choices.values():
            choice.give_back()
        self._choices.clear()
        await self._first.close()
        if self._second is not None:
            await self._second.close()

    async def _write(self, utterance: Utterance, choice: _Choice) -> Transcript:
        clock = self._relay._clock
        until = clock.monotonic() + KEEP_S
        while True:
            try:
                return await self._write_once(utterance, choice)
            except PASSING as error:
                if clock.monotonic() >= until:
                    raise
                _log.debug("%s: speech waits for an engine: %s", utterance.stream_id, error)
            await clock.sleep(AGAIN_S)
            choice.choose()

    async def _write_once(self, utterance: Utterance, choice: _Choice) -> Transcript:
        clock = self._relay._clock
        if choice.first:
            asked = clock.monotonic()
            try:
                transcript = await self._first.final(utterance)
            except EngineFailed as error:
                choice.give_up(error)
                if self._second is None:
                    raise
                _log.debug("%s: the embedded engine takes over: %s", utterance.stream_id, error)
            else:
                choice.came(clock.monotonic() - asked)
                return transcript
        if self._second is None or not self._relay.stand_in:
            raise EngineBusy("The servers have no time, and the embedded engine is not there.")
        transcript = await self._second.final(utterance)
        self._relay.taken_over += 1
        return transcript

    def _forget_until(self, written: WallTime) -> None:
        """Give back the place of this utterance, and of older ones.

        One that was dropped on its way here has no final.
        """
        for start in list(self._choices):
            self._choices.pop(start).give_back()
            if start == written:
                return

    def _choice(self, utterance: Utterance) -> _Choice:
        """Who writes the utterance: decided when it is first heard of."""
        if utterance.start not in self._choices:
            choice = _Choice(self._relay._places, alone=self._second is None)
            self._choices[utterance.start] = choice
        return self._choices[utterance.start]


class _Choice:
    """Whether the servers write one utterance, and the place with them that is held for it."""

    def __init__(self, places: Places, *, alone: bool) -> None:
        self._places = places
        self._alone = alone
        self._holds = False
        self.first = False
        self.choose()

    def choose(self) -> None:
        if not self._holds:
            self._holds = self._places.take()
        self.first = self._holds or self._alone

    def came(self, late_s: float) -> None:
        self._places.came(late_s)

    def give_up(self, error: EngineFailed) -> None:
        """The servers do not write this one. Only want of time says that they carry too much."""
        if isinstance(error, EngineBusy):
            self._places.failed()
        self.first = False
        self.give_back()

    def give_back(self) -> None:
        if self._holds:
            self._holds = False
            self._places.give_back()
