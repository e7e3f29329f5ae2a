"""What others ask of us over MQTT. Pure: a message in, a command out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from wallflower.domain.errors import BadInput
from wallflower.publish.payloads import LINES, OFF, OFFLINE, ON, ONLINE, RESTART, SNAPSHOT
from wallflower.publish.topics import Topics


@dataclass(frozen=True, slots=True)
class SetListening:
    stream_id: str | None
    """None: the whole house."""
    on: bool


@dataclass(frozen=True, slots=True)
class Restart:
    stream_id: str | None
    """None: Wallflower itself."""


@dataclass(frozen=True, slots=True)
class TakeSnapshot:
    stream_id: str


@dataclass(frozen=True, slots=True)
class TellLines:
    """What was said lately."""

    stream_id: str


@dataclass(frozen=True, slots=True)
class Birth:
    """Home Assistant has started and knows nothing of the present."""


@dataclass(frozen=True, slots=True)
class Death:
    """Home Assistant has stopped."""


Order: TypeAlias = SetListening | Restart | TakeSnapshot | TellLines
Command: TypeAlias = Order | Birth | Death

_OF_STREAM: Final[Mapping[str, Callable[[str], Order]]] = {
    RESTART: Restart,
    SNAPSHOT: TakeSnapshot,
    LINES: TellLines,
}
"""What a stream's command topic takes."""


def parse(topics: Topics, topic: str, payload: bytes) -> Command | None:
    """The command in a message; None where there is nothing to do.

    Raises `BadInput` for a payload that is none. It may come from anybody at the broker.
    """
    if topic == topics.birth:
        return _of_core(payload)
    if topic == topics.listening_set:
        return SetListening(None, _switch(topic, payload))
    if topic == topics.command:
        _word(topic, payload, RESTART)
        return Restart(None)
    stream_id, _, rest = topic.removeprefix(f"{topics.base}/").partition("/")
    if rest == "listening/set":
        return SetListening(stream_id, _switch(topic, payload))
    if rest == "command":
        return _OF_STREAM[_word(topic, payload, *_OF_STREAM)](stream_id)
    return None


def _of_core(payload: bytes) -> Birth | Death | None:
    if payload == ONLINE.encode():
        return Birth()
    return Death() if payload == OFFLINE.encode() else None


def _switch(topic: str, payload: bytes) -> bool:
    word = payload.strip().upper()
    if word not in (ON.encode(), OFF.encode()):
        raise BadInput(f"The MQTT topic {topic} takes ON or OFF, not {_shown(payload)}.")
    return word == ON.encode()


def _word(topic: str, payload: bytes, *words: str) -> str:
    said = payload.strip().lower().decode(errors="replace")
    if said not in words:
        known = " or ".join(words)
        raise BadInput(f"The MQTT topic {topic} takes {known}, not {_shown(payload)}.")
    return said


def _shown(payload: bytes) -> str:
    return repr(payload[:40].decode(errors="replace"))
