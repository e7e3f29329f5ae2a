"""What others ask of us over MQTT. Pure: a message in, a command out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from wallflower.domain.errors import BadInput
from wallflower.publish.payloads import OFF, ON, ONLINE, RESTART
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
class Birth:
    """Home Assistant has started and knows nothing of the present."""


Command: TypeAlias = SetListening | Restart | Birth


def parse(topics: Topics, topic: str, payload: bytes) -> Command | None:
    """The command in a message; None where there is nothing to do.

    Raises `BadInput` for a payload that is none. It may come from anybody at the broker.
    """
    if topic == topics.birth:
        return Birth() if payload == ONLINE.encode() else None
    if topic == topics.listening_set:
        return SetListening(None, _switch(topic, payload))
    if topic == topics.command:
        return _restart(None, topic, payload)
    stream_id, _, rest = topic.removeprefix(f"{topics.base}/").partition("/")
    if rest == "listening/set":
        return SetListening(stream_id, _switch(topic, payload))
    if rest == "command":
        return _restart(stream_id, topic, payload)
    return None


def _switch(topic: str, payload: bytes) -> bool:
    word = payload.strip().upper()
    if word not in (ON.encode(), OFF.encode()):
        raise BadInput(f"The MQTT topic {topic} takes ON or OFF, not {_shown(payload)}.")
    return word == ON.encode()


def _restart(stream_id: str | None, topic: str, payload: bytes) -> Restart:
    if payload.strip().lower() != RESTART.encode():
        raise BadInput(f"The MQTT topic {topic} takes restart, not {_shown(payload)}.")
    return Restart(stream_id)


def _shown(payload: bytes) -> str:
    return repr(payload[:40].decode(errors="replace"))
