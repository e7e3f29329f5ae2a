"""Events of the house as server-sent events (WHATWG HTML, "Server-sent events")."""

from __future__ import annotations

from typing import Final

from wallflower.api.feed import RECORDED, Hello, Quiet
from wallflower.api.schema.events import (
    EventName,
    HelloOut,
    KeywordAlertOut,
    PartialOut,
    SilenceAlertOut,
    SpeakerForgottenOut,
    SpeakerHeardOut,
    SpeakerMergedOut,
    SpeakerRenamedOut,
    SpeechOut,
    TranscriptOut,
)
from wallflower.api.schema.fields import Output
from wallflower.api.schema.house import HealthOut, ListeningOut
from wallflower.api.schema.streams import StreamOut, StreamRemovedOut
from wallflower.api.services import Services
from wallflower.domain.control import HouseControl
from wallflower.domain.errors import NotFound
from wallflower.domain.events import (
    Event,
    HealthChanged,
    HouseListeningChanged,
    KeywordHeard,
    LineCommitted,
    LineCorrected,
    LineDeleted,
    PartialHeard,
    SilenceChanged,
    SpeakerForgotten,
    SpeakerHeard,
    SpeakerMerged,
    SpeakerRenamed,
    SpeechChanged,
    StreamAdded,
    StreamChanged,
    StreamHealthChanged,
    StreamRemoved,
)
from wallflower.domain.streams import StreamHealth

KEEP_ALIVE: Final = b": keep-alive\n\n"

RETRY: Final = b"retry: 2000\n\n"
"""How long a browser waits before it comes back, in ms."""


def concerns(item: Hello | Quiet | Event, stream_id: str) -> bool:
    """Whether a client that follows one stream is told: what is about it, or about the house."""
    match item:
        case Hello() | Quiet() | HouseListeningChanged() | HealthChanged():
            return True
        case SpeakerRenamed() | SpeakerMerged() | SpeakerForgotten():
            return True
        case LineCommitted() | LineCorrected():
            return item.line.stream_id == stream_id
        case StreamHealthChanged():
            return item.health.stream_id == stream_id
        case StreamAdded() | StreamChanged():
            return item.spec.id == stream_id
        case _:
            return item.stream_id == stream_id


def frame(name: EventName, data: Output, event_id: int | None = None) -> bytes:
    """One server-sent event; with an id only where it can be replayed from."""
    # JSON escapes line breaks, so the data is always one line.
    head = "" if event_id is None else f"id: {event_id}\n"
    return f"{head}event: {name}\ndata: {data.model_dump_json()}\n\n".encode()


def encode(item: Hello | Quiet | Event, services: Services) -> bytes:
    """`item` as it goes over the wire; empty when there is nothing left to tell of it."""
    if isinstance(item, Quiet):
        return KEEP_ALIVE
    if isinstance(item, Hello):
        hello = HelloOut(last_event_id=item.last_event_id, version=services.version)
        # An id without data is no event to a browser, which yet comes back from there.
        return frame(EventName.HELLO, hello) + f"id: {item.told}\n\n".encode()
    told = _tell(item, services)
    if told is None:
        return b""
    name, data = told
    return frame(name, data, item.event_id if isinstance(item, RECORDED) else None)


def _tell(  # noqa: C901, PLR0911, PLR0912 - a case for each event; mypy sees that none is forgotten
    event: Event, services: Services
) -> tuple[EventName, Output] | None:
    house = services.house
    match event:
        case LineCommitted():
            return EventName.TRANSCRIPT, TranscriptOut.of("new", event.line, house)
        case LineCorrected():
            return EventName.TRANSCRIPT, TranscriptOut.of("corrected", event.line, house)
        case LineDeleted():
            gone = TranscriptOut(kind="deleted", line=None, line_id=event.line_id)
            return EventName.TRANSCRIPT, gone
        case SpeakerRenamed() | SpeakerMerged() | SpeakerForgotten() | SpeakerHeard():
            return EventName.SPEAKER, _speaker(event)
        case PartialHeard():
            return EventName.PARTIAL, PartialOut.of(event)
        case SpeechChanged():
            return EventName.SPEECH, SpeechOut.of(event)
        case KeywordHeard():
            return EventName.ALERT, KeywordAlertOut.of(event)
        case SilenceChanged():
            return EventName.ALERT, SilenceAlertOut.of(event)
        case HouseListeningChanged():
            return EventName.LISTENING, ListeningOut(on=event.on)
        case HealthChanged():
            return EventName.HEALTH, HealthOut.now(services)
        case StreamRemoved():
            return EventName.STATUS, StreamRemovedOut(id=event.stream_id)
        case StreamHealthChanged():
            return _status(event.health.stream_id, house, event.health)
        case StreamAdded() | StreamChanged():
            return _status(event.spec.id, house)


def _speaker(
    event: SpeakerRenamed | SpeakerMerged | SpeakerForgotten | SpeakerHeard,
) -> Output:
    match event:
        case SpeakerRenamed():
            return SpeakerRenamedOut.of(event)
        case SpeakerMerged():
            return SpeakerMergedOut.of(event)
        case SpeakerForgotten():
            return SpeakerForgottenOut.of(event)
        case SpeakerHeard():
            return SpeakerHeardOut.of(event)


def _status(
    stream_id: str, house: HouseControl, health: StreamHealth | None = None
) -> tuple[EventName, Output] | None:
    try:
        status = StreamOut.of(house.stream(stream_id), health or house.health(stream_id))
    except NotFound:
        return None  # removed meanwhile; that event follows
    return EventName.STATUS, status
