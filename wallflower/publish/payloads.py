"""What stands in the messages: the JSON of the contract. Pure."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from wallflower.domain.events import PartialHeard
from wallflower.domain.speech import Line, SpeakerRef
from wallflower.domain.streams import StreamHealth
from wallflower.domain.times import WallTime

ON: Final = "ON"
OFF: Final = "OFF"
ONLINE: Final = "online"
OFFLINE: Final = "offline"
RESTART: Final = "restart"


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it goes to the broker. An empty retained payload clears its topic."""

    topic: str
    payload: str
    retain: bool = False
    qos: int = 1


Send: TypeAlias = Callable[[Message], Awaitable[None]]
"""Hands a message to the broker and waits until it is confirmed."""


class EngineInfo(Protocol):
    """How the recogniser is doing; `asr.contract.Engine` is one."""

    @property
    def name(self) -> str: ...

    @property
    def ready(self) -> bool: ...

    @property
    def backlog_s(self) -> float:
        """Seconds of ended speech that wait for their text."""
        ...


def switch(on: bool) -> str:
    """The only two words a Home Assistant switch or binary sensor understands."""
    return ON if on else OFF


def transcript(line: Line) -> str:
    return _json(
        {
            "id": line.id,
            "stream": line.stream_id,
            "text": line.text,
            "speaker": None if line.speaker is None else _speaker(line.speaker),
            "language": line.language,
            "confidence": round(line.confidence, 3),
            "start": line.start.iso(),
            "end": line.end.iso(),
        }
    )


def partial(heard: PartialHeard) -> str:
    return _json({"stream": heard.stream_id, "text": heard.text, "start": heard.start.iso()})


def speaker(ref: SpeakerRef, since: WallTime) -> str:
    return _json({"id": ref.id, "name": ref.name, "known": ref.known, "since": since.iso()})


def stream_health(health: StreamHealth) -> str:
    return _json(
        {
            "state": health.state.value,
            "silent": health.silent,
            "fps": None if health.fps is None else round(health.fps, 1),
            "restarts": health.restarts,
            "dropped_s": round(health.dropped_s, 1),
            "detail": health.detail,
            "code": health.code,
        }
    )


def house_health(
    *,
    version: str,
    node_id: str,
    started_at: WallTime,
    engine: EngineInfo,
    streams_total: int,
    streams_online: int,
    lines_skipped: int,
) -> str:
    """`lines_skipped`: lines that were never published because the broker was away too long."""
    return _json(
        {
            "version": version,
            "node": node_id,
            "started_at": started_at.iso(),
            "engine": engine.name,
            "engine_ready": engine.ready,
            "backlog_s": round(engine.backlog_s, 1),
            "streams_total": streams_total,
            "streams_online": streams_online,
            "lines_skipped": lines_skipped,
        }
    )


def _speaker(ref: SpeakerRef) -> dict[str, object]:
    return {
        "id": ref.id,
        "name": ref.name,
        "known": ref.known,
        "confidence": round(ref.confidence, 3),
    }


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
