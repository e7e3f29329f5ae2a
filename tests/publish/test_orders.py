from __future__ import annotations

import logging

import pytest

from tests.support.house import MemoryHouse
from wallflower.domain.streams import StreamState
from wallflower.publish.orders import COMPLAINTS, Orders
from wallflower.publish.topics import Topics
from wallflower.runtime.bus import Bus


class Told:
    def __init__(self) -> None:
        self.restarts = 0
        self.births = 0
        self.house = MemoryHouse(Bus(), StreamState.STREAMING)
        self.orders = Orders(
            house=self.house,
            topics=Topics("wallflower", "homeassistant", "a1b2"),
            restart=self._restart,
            on_birth=self._birth,
        )

    async def take(self, topic: str, payload: bytes, *, retained: bool = False) -> None:
        await self.orders.take(topic, payload, retained=retained)

    def _restart(self) -> None:
        self.restarts += 1

    def _birth(self) -> None:
        self.births += 1


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
    await told.take("homeassistant/status", b"online")
    assert not told.house.listening
    assert not told.house.stream("hall").listening
    assert told.house.restarted == ["hall"]
    assert (told.restarts, told.births) == (1, 1)


async def test_a_retained_order_is_none(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    await told.take("wallflower/command", b"restart", retained=True)
    await told.take("homeassistant/status", b"online", retained=True)
    assert (told.restarts, told.births) == (0, 0)
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
