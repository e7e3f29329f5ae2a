"""What stands in the messages: the JSON of the contract. Pure."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from wallflower.domain.engine import ServerQuality
from wallflower.domain.events import (
    KeywordHeard,
    PartialHeard,
    SilenceChanged,
    SpeakerForgotten,
    SpeakerMerged,
    SpeakerRenamed,
)
from wallflower.domain.speech import Line, SpeakerRef
from wallflower.domain.streams import StreamHealth, StreamSpec
from wallflower.domain.times import WallTime
from wallflower.publish.whereabouts import Person

ON: Final = "ON"
OFF: Final = "OFF"
ONLINE: Final = "online"
OFFLINE: Final = "offline"
RESTART: Final = "restart"
SNAPSHOT: Final = "snapshot"
LINES: Final = "lines"
SPEAKER_EVENTS: Final = ("known_speaker", "unknown_speaker")
KEYWORD_EVENTS: Final = ("keyword", "emergency")
SILENCE_EVENTS: Final = ("silence", "speech_resumed")


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it goes to the broker. An empty retained payload clears its topic."""

    topic: str
    payload: str | bytes
    """Text goes out as UTF-8."""
    retain: bool = False
    qos: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an order."""

    command: str
    error: str | None
    """One sentence; None: it was carried out."""
    at: WallTime


Send: TypeAlias = Callable[[Message], Awaitable[None]]
"""Hands a message to the broker and waits until it is confirmed."""


class EngineInfo(Protocol):
    """How the recogniser is doing; `domain.engine.EngineInfo` is one."""

    @property
    def name(self) -> str: ...

    @property
    def ready(self) -> bool: ...

    @property
    def backlog_s(self) -> float:
        """Seconds of ended speech that wait for their text."""
        ...

    @property
    def servers(self) -> Sequence[ServerQuality]:
        """Recognition servers, where there are some."""
        ...

    @property
    def taken_over(self) -> int:
        """Utterances that were written in the servers' place."""
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


def speaker(ref: SpeakerRef | None, since: WallTime) -> str:
    """Who talks, or talked last; None: somebody nobody can tell."""
    return _json(
        {
            "id": ref and ref.id,
            "name": ref and ref.name,
            "known": ref is not None and ref.known,
            "sure": ref is not None and ref.sure,
            "since": since.iso(),
        }
    )


def speaker_event(line: Line, ref: SpeakerRef) -> str:
    """Somebody starts to talk with `line`, which is of `ref`."""
    known, unknown = SPEAKER_EVENTS
    return _json(
        {
            "event_type": known if ref.known else unknown,
            "speaker": ref.name,
            "speaker_id": ref.id,
            "confidence": round(ref.confidence, 3),
            "stream": line.stream_id,
            "line_id": line.id,
            "ts": line.start.iso(),
        }
    )


def keyword_event(heard: KeywordHeard) -> str:
    """A keyword was said."""
    keyword, emergency = KEYWORD_EVENTS
    ref = heard.speaker
    return _json(
        {
            "event_type": emergency if heard.emergency else keyword,
            "keyword": heard.keyword,
            "text": heard.text,
            "speaker": ref and ref.name,
            "speaker_id": ref and ref.id,
            "known": ref is not None and ref.known,
            "sure": ref is not None and ref.sure,
            "confidence": round(heard.confidence, 3),
            "stream": heard.stream_id,
            "line_id": heard.line_id,
            "ts": heard.at.iso(),
        }
    )


def silence_event(changed: SilenceChanged) -> str:
    """Nobody has spoken for long, or somebody speaks again."""
    silence, resumed = SILENCE_EVENTS
    return _json(
        {
            "event_type": silence if changed.silent else resumed,
            "minutes": round(changed.minutes, 1),
            "stream": changed.stream_id,
            "ts": changed.at.iso(),
        }
    )


def person(person: Person, spec: StreamSpec | None) -> str:
    """`spec` is the stream they were heard on last; None where it is gone, or there is none."""
    stay = person.stay
    return _json(
        {
            "id": person.id,
            "name": person.name,
            "stream": stay and stay.stream_id,
            "stream_name": spec.name if spec else stay and stay.stream_id,
            "area": spec and spec.area,
            "since": stay and stay.since.iso(),
            "last_heard": stay and stay.until.iso(),
        }
    )


def voices_corrected(event: SpeakerRenamed | SpeakerMerged | SpeakerForgotten) -> str:
    match event:
        case SpeakerRenamed(_, speaker_id, name, known):
            return _json(
                {"kind": "renamed", "speaker_id": speaker_id, "name": name, "known": known}
            )
        case SpeakerMerged(_, gone_id, into_id):
            return _json({"kind": "merged", "speaker_id": gone_id, "into_id": into_id})
        case SpeakerForgotten(_, speaker_id):
            return _json({"kind": "forgotten", "speaker_id": speaker_id})


def stream_health(health: StreamHealth, answer: Answer | None = None) -> str:
    """`answer`: what became of the last order to the stream."""
    return _json(
        {
            "state": health.state.value,
            "silent": health.silent,
            "fps": None if health.fps is None else round(health.fps, 1),
            "restarts": health.restarts,
            "dropped_s": round(health.dropped_s, 1),
            "detail": health.detail,
            "code": health.code,
            "last_command": answer and _answer(answer),
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
    answer: Answer | None = None,
) -> str:
    """`lines_skipped`: lines that were never published because the broker was away too long.

    `answer`: what became of the last order to the house.
    """
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
            "servers": [_server(server) for server in engine.servers],
            "taken_over": engine.taken_over,
            "last_command": answer and _answer(answer),
        }
    )


def _answer(answer: Answer) -> dict[str, object]:
    return {
        "command": answer.command,
        "ok": answer.error is None,
        "detail": answer.error,
        "ts": answer.at.iso(),
    }


def _server(server: ServerQuality) -> dict[str, object]:
    """Rounded, so that not every breath is news."""
    return {
        "name": server.name,
        "state": server.state.value,
        "detail": server.detail,
        "lag_s": None if server.lag_s is None else round(server.lag_s, 1),
        "round_trip_ms": None if server.round_trip_ms is None else round(server.round_trip_ms),
        "sent_s": round(server.sent_s),
        "dropped_s": round(server.dropped_s),
        "reconnects": server.reconnects,
    }


def _speaker(ref: SpeakerRef) -> dict[str, object]:
    return {
        "id": ref.id,
        "name": ref.name,
        "known": ref.known,
        "confidence": round(ref.confidence, 3),
        "sure": ref.sure,
    }


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
