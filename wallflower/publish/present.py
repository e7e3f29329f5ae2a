"""What is true right now, as retained messages. Pure: facts in, messages out.

Names, switches and health are asked of the house; who talks and who was heard last (`heard`) is
remembered, because facts of that kind pass by once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from wallflower.domain.control import HouseControl
from wallflower.domain.events import (
    Event,
    HouseListeningChanged,
    LineCommitted,
    LineCorrected,
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
from wallflower.domain.streams import StreamHealth, StreamSpec
from wallflower.publish import payloads
from wallflower.publish.answers import Answers
from wallflower.publish.heard import Heard
from wallflower.publish.payloads import OFFLINE, ONLINE, Message
from wallflower.publish.topics import Topics

FACTS: Final = (
    HouseListeningChanged,
    LineCommitted,
    LineCorrected,
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
"""The events that `Present` understands."""


class Present:
    """The present of the house and its streams."""

    def __init__(self, house: HouseControl, topics: Topics, answers: Answers) -> None:
        self._house = house
        self._answers = answers
        self._topics = topics
        self._talking: set[str] = set()
        self.heard = Heard()

    def apply(self, event: Event) -> list[Message]:
        """Take note of `event`; the messages that are different now.

        A late fact about a stream that was removed makes no messages. Of `SpeakerMerged` tell
        `heard` itself, and then `speakers` the streams that it names.
        """
        messages: list[Message] = []
        match event:
            case HouseListeningChanged(on=on):
                messages = [_retained(self._topics.listening, payloads.switch(on))]
            case SpeakerHeard(stream_id=stream_id) if not self._is_ours(stream_id):
                pass
            case (
                LineCommitted()
                | LineCorrected()
                | SpeakerForgotten()
                | SpeakerHeard()
                | SpeakerRenamed()
            ):
                messages = self.speakers(self.heard.apply(event))
            case StreamRemoved(stream_id=stream_id):
                # Its topics are cleared after its device has gone from Home Assistant.
                self._talking.discard(stream_id)
                self.heard.forget(stream_id)
                self._answers.forget(stream_id)
            case StreamAdded(spec=spec) | StreamChanged(spec=spec) if self._is_ours(spec.id):
                messages = self._stream(spec)
            case StreamHealthChanged(health=health) if self._is_ours(health.stream_id):
                messages = self._health(health)
            case SpeechChanged(stream_id=stream_id, on=on) if self._is_ours(stream_id):
                (self._talking.add if on else self._talking.discard)(stream_id)
                messages = [self._speech(stream_id)]
            case _:
                pass
        return messages

    def all(self) -> list[Message]:
        """The whole present, for a broker that may know nothing."""
        messages = [_retained(self._topics.listening, payloads.switch(self._house.listening))]
        for spec in self._house.streams():
            messages += self._stream(spec)
        return messages

    def farewell(self) -> list[Message]:
        """Nothing of ours is available any more."""
        streams = [self._topics.of(spec.id).status for spec in self._house.streams()]
        return [_retained(topic, OFFLINE) for topic in (*streams, self._topics.status)]

    def health(self, stream_id: str) -> list[Message]:
        """How a stream does."""
        return self._health(self._house.health(stream_id))

    def speakers(self, stream_ids: Iterable[str]) -> list[Message]:
        """Who talks, or talked last, on these streams, as far as that is known."""
        return [
            _retained(
                self._topics.of(stream_id).speaker,
                payloads.speaker(speaking.speaker, speaking.since),
            )
            for stream_id in stream_ids
            if self._is_ours(stream_id) and (speaking := self.heard.on(stream_id)) is not None
        ]

    def silence(self) -> None:
        """Events were lost: believe nothing of who talks, or talked, until told."""
        self._talking.clear()
        self.heard.forget()

    def _is_ours(self, stream_id: str) -> bool:
        return any(spec.id == stream_id for spec in self._house.streams())

    def _stream(self, spec: StreamSpec) -> list[Message]:
        t = self._topics.of(spec.id)
        return [
            *self._health(self._house.health(spec.id)),
            _retained(t.listening, payloads.switch(spec.listening)),
            self._speech(spec.id),
            *self.speakers([spec.id]),
        ]

    def _health(self, health: StreamHealth) -> list[Message]:
        t = self._topics.of(health.stream_id)
        return [
            _retained(t.status, ONLINE if health.online else OFFLINE),
            _retained(t.health, payloads.stream_health(health, self._answers.to(health.stream_id))),
        ]

    def _speech(self, stream_id: str) -> Message:
        talking = payloads.switch(stream_id in self._talking)
        return _retained(self._topics.of(stream_id).speech, talking)


def _retained(topic: str, payload: str) -> Message:
    return Message(topic, payload, retain=True)
