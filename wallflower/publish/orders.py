"""Carries out what others ask of us over MQTT."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from wallflower.domain.control import HouseControl
from wallflower.domain.errors import BadInput, WallflowerError
from wallflower.publish.answers import Answers
from wallflower.publish.commands import (
    Birth,
    Death,
    Order,
    Restart,
    SetListening,
    TakeSnapshot,
    TellLines,
    parse,
)
from wallflower.publish.payloads import RESTART, switch
from wallflower.publish.topics import Topics

COMPLAINTS: Final = 256
"""Topics to remember as complained of: anybody may write to any topic."""

_log = logging.getLogger(__name__)


class Orders:
    """Commands to the house.

    What becomes of an order is an answer. What is none, or is for a stream that is not there, is
    logged once per topic and forgotten.
    """

    def __init__(
        self,
        *,
        house: HouseControl,
        topics: Topics,
        answers: Answers,
        restart: Callable[[], None],
        snapshot: Callable[[str], None],
        recall: Callable[[str], None],
        on_core: Callable[[bool], None],
    ) -> None:
        self._house = house
        self._topics = topics
        self._restart = restart
        self._answers = answers
        self._snapshot = snapshot
        self._recall = recall
        self._on_core = on_core
        self._complained: set[str] = set()

    async def take(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """Do what the message asks for.

        A retained one is not obeyed: it is no order of this moment, and a retained `restart`
        would restart Wallflower for ever.
        """
        try:
            command = parse(self._topics, topic, payload)
            match command:
                case None:
                    pass
                case Birth() | Death():
                    # A retained one may be old news.
                    if not retained:
                        self._on_core(isinstance(command, Birth))
                case _ if retained:
                    raise BadInput(f"The command on {topic} is retained; send it without retain.")
                case _:
                    await self._obey(command)
        except WallflowerError as error:
            if topic not in self._complained and len(self._complained) < COMPLAINTS:
                self._complained.add(topic)
                _log.warning("A command over MQTT is ignored: %s", error)

    async def _obey(self, order: Order) -> None:
        if order.stream_id is not None:
            self._house.stream(order.stream_id)  # nobody can be answered for one that is not there
        match order:
            case SetListening(stream_id=stream_id, on=on):
                await self._answered(
                    stream_id, f"listening {switch(on)}", self._house.set_listening(stream_id, on)
                )
            case Restart(stream_id=None):
                self._answers.give(None, RESTART)
                self._restart()
            case Restart(stream_id=str(stream_id)):
                await self._answered(stream_id, RESTART, self._house.restart(stream_id))
            case TakeSnapshot(stream_id=stream_id):
                self._snapshot(stream_id)
            case TellLines(stream_id=stream_id):
                self._recall(stream_id)

    async def _answered(self, stream_id: str | None, what: str, work: Awaitable[None]) -> None:
        try:
            await work
        except WallflowerError as error:
            self._answers.give(stream_id, what, str(error))
            raise
        self._answers.give(stream_id, what)
