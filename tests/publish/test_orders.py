from __future__ import annotations

import logging

import pytest

from tests.support.clock import ManualClock
from tests.support.house import MemoryHouse
from wallflower.domain.errors import DiskFull
from wallflower.domain.streams import StreamState
from wallflower.publish.answers import Answers
from wallflower.publish.orders import COMPLAINTS, Orders
from wallflower.publish.payloads import Answer
from wallflower.publish.topics import Topics
from wallflower.runtime.bus import Bus


class Told:
    def __init__(self) -> None:
        self.restarts = 0
        self.core: list[bool] = []
        self.snapshots: list[str] = []
        self.asked: list[str] = []
        self.answers = Answers(ManualClock())
        self.house = MemoryHouse(Bus(), StreamState.STREAMING)
        self.orders = Orders(
            house=self.house,
            topics=Topics("wallflower", "homeassistant", "a1b2"),
            answers=self.answers,
            restart=self._restart,
            snapshot=self.snapshots.append,
            recall=self.asked.append,
            on_core=self.core.append,
        )

    async def take(self, topic: str, payload: bytes, *, retained: bool = False) -> None:
        await self.orders.take(topic, payload, retained=retained)

    def _restart(self) -> None:
        self.restarts += 1


@pytest.fixture
async def told() -> Told:
    told = Told()
    await told.house.add(name="Hall", url="rtsp://h/1")
    return told


async def test_orders_reach_the_house(told: Told) -> None:
    await told.take("wallflower/listening/set", b"OFF")
    await told.take("wallflower/hall/listening/set", b"OFF")
    await told.take("wallflower/hall/command", b"restart")
    await told.take("wallflower/command", b"restart")
    assert not told.house.listening
    assert not told.house.stream("hall").listening
    assert told.house.restarted == ["hall"]
    assert told.restarts == 1
    await told.take("wallflower/hall/command", b"snapshot")
    assert told.snapshots == ["hall"]
    await told.take("wallflower/hall/command", b"lines")
    assert told.asked == ["hall"]
    await told.take("homeassistant/status", b"online")
    await told.take("homeassistant/status", b"offline")
    assert told.core == [True, False]


async def test_orders_are_answered(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    await told.take("wallflower/hall/listening/set", b"OFF")
    assert await told.answers.next() == "hall"
    assert told.answers.to("hall") == Answer("listening OFF", None, ManualClock().wall())
    await told.take("wallflower/hall/command", b"restart")
    assert told.answers.to("hall") == Answer("restart", None, ManualClock().wall())

    async def full(stream_id: str) -> None:
        raise DiskFull("The disk is full.")

    monkeypatch.setattr(told.house, "restart", full)
    await told.take("wallflower/hall/command", b"restart")
    assert told.answers.to("hall") == Answer("restart", "The disk is full.", ManualClock().wall())
    assert told.answers.to(None) is None


async def test_a_retained_order_is_none(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    await told.take("wallflower/command", b"restart", retained=True)
    await told.take("homeassistant/status", b"online", retained=True)
    assert (told.restarts, told.core) == (0, [])
    assert "without retain" in caplog.text
    assert "homeassistant" not in caplog.text


async def test_nonsense_is_logged_once(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        await told.take("wallflower/hall/listening/set", b"perhaps")
        await told.take("wallflower/cellar/command", b"restart")
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2
    assert "takes ON or OFF, not 'perhaps'" in caplog.text
    assert "no stream 'cellar'" in caplog.text


async def test_nobody_can_fill_the_log(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(COMPLAINTS + 50):
        await told.take(f"wallflower/x{number}/command", b"?")
    assert len(caplog.records) == COMPLAINTS
