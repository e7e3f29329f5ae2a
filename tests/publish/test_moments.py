from __future__ import annotations

import asyncio
import json

import pytest

from tests.publish.rig import NOON, a_line
from tests.support.clock import ManualClock, settle
from wallflower.domain.events import KeywordHeard, LineCommitted, SilenceChanged
from wallflower.domain.speech import SpeakerRef
from wallflower.publish.moments import APART_S, LATE_S, Moments
from wallflower.publish.payloads import Message
from wallflower.publish.topics import Topics
from wallflower.runtime.bus import Bus

ANNA = SpeakerRef(3, "Anna", known=True, confidence=0.9)


class Rig:
    """A broker that takes messages while it `answers`."""

    def __init__(self) -> None:
        self.bus = Bus()
        self.clock = ManualClock(NOON.iso())
        self.moments = Moments(Topics("w", "ha", "a1b2"), self.bus, self.clock)
        self.answers = True
        self.sent: list[Message] = []

    async def send(self, message: Message) -> None:
        if not self.answers:
            raise ConnectionError
        self.sent.append(message)

    def told(self) -> list[str]:
        return [json.loads(message.payload)["event_type"] for message in self.sent]

    async def connection(self) -> None:
        """Tell all there is, until nothing more happens or the broker goes."""
        running = asyncio.create_task(self.moments.run(self.send))
        await settle()
        running.cancel()
        (result,) = await asyncio.gather(running, return_exceptions=True)
        assert isinstance(result, (asyncio.CancelledError, ConnectionError))

    def keyword(self, at_s: float = 0.0) -> KeywordHeard:
        at = NOON.plus(at_s)
        return KeywordHeard("hall", "help", True, "I need help", ANNA, 0.9, 7, at)


@pytest.fixture
def rig() -> Rig:
    return Rig()


async def test_events_and_their_topics(rig: Rig) -> None:
    rig.bus.publish(rig.keyword())
    rig.bus.publish(SilenceChanged("hall", True, 10.0, NOON))
    rig.bus.publish(LineCommitted(1, a_line("Hello.", speaker=ANNA)))
    rig.bus.publish(LineCommitted(2, a_line("Hello?", speaker=None)))
    await rig.connection()
    assert [(message.topic, message.retain, message.qos) for message in rig.sent] == [
        ("w/hall/event/keyword", False, 1),
        ("w/hall/event/silence", False, 1),
        ("w/hall/event/speaker", False, 1),
    ]
    assert rig.told() == ["emergency", "silence", "known_speaker"]


async def test_an_event_waits_for_a_broker_that_is_away_for_a_moment(rig: Rig) -> None:
    rig.answers = False
    rig.bus.publish(rig.keyword())
    rig.bus.publish(SilenceChanged("hall", True, 10.0, NOON))
    await rig.connection()  # lost with the first in hand
    await rig.clock.advance(LATE_S)
    rig.answers = True
    await rig.connection()
    assert rig.told() == ["emergency", "silence"]
    await rig.connection()
    assert len(rig.sent) == 2


async def test_an_event_is_never_late(rig: Rig) -> None:
    rig.answers = False
    rig.bus.publish(rig.keyword())
    await rig.connection()
    rig.bus.publish(rig.keyword(at_s=30.0))
    await rig.clock.advance(LATE_S + 1)
    rig.answers = True
    await rig.connection()
    assert [json.loads(message.payload)["ts"] for message in rig.sent] == [NOON.plus(30.0).iso()]


async def test_what_took_long_to_recognise_is_told_all_the_same(rig: Rig) -> None:
    running = asyncio.create_task(rig.moments.run(rig.send))
    await settle()
    rig.bus.publish(rig.keyword(at_s=-300.0))
    await settle()
    running.cancel()
    assert rig.told() == ["emergency"]


async def test_two_events_of_one_kind_are_kept_apart(rig: Rig) -> None:
    running = asyncio.create_task(rig.moments.run(rig.send))
    rig.bus.publish(rig.keyword())
    rig.bus.publish(rig.keyword(at_s=0.5))
    rig.bus.publish(SilenceChanged("hall", True, 10.0, NOON))
    await settle()
    assert rig.told() == ["emergency"]
    await rig.clock.advance(APART_S)
    assert rig.told() == ["emergency", "emergency", "silence"]
    running.cancel()
