"""Carries out what others ask of us over MQTT."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from wallflower.domain.control import HouseControl
from wallflower.domain.errors import BadInput, WallflowerError
from wallflower.publish.commands import Birth, Command, Restart, SetListening, parse
from wallflower.publish.topics import Topics

COMPLAINTS: Final = 256
"""Topics to remember as complained of: anybody may write to any topic."""

_log = logging.getLogger(__name__)


class Orders:
    """Commands to the house. What cannot be done is logged, once per topic, and forgotten."""

    def __init__(
        self,
        *,
        house: HouseControl,
        topics: Topics,
        restart: Callable[[], None],
        on_birth: Callable[[], None],
    ) -> None:
        self._house = house
        self._topics = topics
        self._restart = restart
        self._on_birth = on_birth
        self._complained: set[str] = set()

    async def take(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """Do what the message asks for.

        A retained one is not obeyed: it is no order of this moment, and a retained `restart`
        would restart Wallflower for ever.
        """
        try:
            command = parse(self._topics, topic, payload)
            if command is None:
                return
            if not retained:
                await self._obey(command)
            elif not isinstance(command, Birth):
                raise BadInput(f"The command on {topic} is retained; send it without retain.")
        except WallflowerError as error:
            if topic not in self._complained and len(self._complained) < COMPLAINTS:
                self._complained.add(topic)
                _log.warning("A command over MQTT is ignored: %s", error)

    async def _obey(self, command: Command) -> None:
        match command:
            case SetListening(stream_id=stream_id, on=on):
                await self._house.set_listening(stream_id, on)
            case Restart(stream_id=None):
                self._restart()
            case Restart(stream_id=str(stream_id)):
                await self._house.restart(stream_id)
            case Birth():
                self._on_birth()
