from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.publish.rig import NOON
from tests.support.clock import ManualClock, settle
from tests.support.house import MemoryHouse
from wallflower.domain.errors import Unreachable
from wallflower.domain.events import SpeechChanged
from wallflower.domain.streams import StreamState
from wallflower.publish.answers import Answers
from wallflower.publish.payloads import Message
from wallflower.publish.snapshots import EVERY_S, WIDTH, Snapshots
from wallflower.publish.topics import Topics
from wallflower.runtime.bus import Bus

AWAY = Unreachable("The camera does not answer.")


class Rig:
    def __init__(self) -> None:
        self.bus = Bus()
        self.clock = ManualClock()
        self.house = MemoryHouse(self.bus, StreamState.STREAMING)
        self.answers = Answers(self.clock)
        self.sent: list[Message] = []
        self.snapshots = Snapshots(
            self.house,
            Topics("w", "ha", "a1b2"),
            self.bus,
            self.clock,
            self.answers,
            retain=True,
        )

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def speech(self, *, on: bool = True) -> None:
        self.bus.publish(SpeechChanged("hall", on=on, at=NOON))
        await settle()


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    rig = Rig()
    await rig.house.add(name="Hall", url="rtsp://h/1")
    rig.house.picture = b"\xff\xd8 a picture"
    tasks = [
        asyncio.create_task(rig.snapshots.follow()),
        asyncio.create_task(rig.snapshots.run(rig.send)),
    ]
    await settle()
    yield rig
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_on_order(rig: Rig) -> None:
    for _ in range(2):
        rig.snapshots.order("hall")
        assert await rig.answers.next() == "hall"
        answer = rig.answers.to("hall")
        assert answer is not None
        assert (answer.command, answer.error) == ("snapshot", None)
    assert rig.sent == [Message("w/hall/snapshot", b"\xff\xd8 a picture", retain=True)] * 2
    assert rig.house.looked == [("hall", WIDTH)] * 2


async def test_a_failure_is_answered(rig: Rig) -> None:
    rig.house.picture = AWAY
    rig.snapshots.order("hall")
    assert await rig.answers.next() == "hall"
    answer = rig.answers.to("hall")
    assert answer is not None
    assert answer.error == "The camera does not answer."
    assert rig.sent == []


async def test_when_somebody_begins_to_talk_but_not_too_often(rig: Rig) -> None:
    await rig.speech()
    await rig.speech(on=False)
    await rig.speech()
    assert len(rig.sent) == 1
    await rig.clock.advance(EVERY_S)
    await rig.speech()
    assert len(rig.sent) == 2
    assert rig.answers.to("hall") is None


async def test_a_camera_without_pictures_is_logged_once_until_it_has_some(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    pictures: list[bytes | Unreachable] = [AWAY, AWAY, b"jpeg", AWAY]
    for picture in pictures:
        rig.house.picture = picture
        await rig.speech()
        await rig.clock.advance(EVERY_S)
    assert [record.getMessage() for record in caplog.records] == [
        "There is no picture of hall for MQTT: The camera does not answer."
    ] * 2
