"""When the retained topics of what is gone are cleared."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from tests.support.clock import ManualClock, settle
from wallflower.publish.announcer import GAP_S
from wallflower.publish.devices import Devices
from wallflower.publish.discovery import Device, Payload
from wallflower.publish.payloads import Message
from wallflower.publish.settling import SETTLE_S
from wallflower.publish.topics import Topics

TOPICS = Topics("w", "homeassistant", "a1b2")
ANNA, ANNE = "w/people/anna", "w/people/anne"
PEOPLE = TOPICS.discovery("people")


class MemoryValues:
    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    async def get(self, key: str) -> str | None:
        return self._values.get(key)

    async def set(self, key: str, value: str) -> None:
        self._values[key] = value


@dataclass
class Broker:
    """Keeps what it gets, and when; or is away."""

    clock: ManualClock
    got: list[tuple[float, str, bool]] = field(default_factory=list)
    """When, the topic, and whether it was cleared."""
    away: bool = False

    async def send(self, message: Message) -> None:
        if self.away:
            raise ConnectionError
        self.got.append((self.clock.monotonic(), message.topic, message.payload == ""))


def person(topic: str) -> Device:
    sensor: Payload = {"p": "sensor", "uniq_id": "anna", "stat_t": topic}
    return Device("people", {"dev": {"ids": ["people"]}}, {"anna": sensor}, (topic,))


@contextlib.asynccontextmanager
async def life(values: MemoryValues, broker: Broker) -> AsyncIterator[Devices]:
    """Devices at the broker, of which Home Assistant hears at once."""
    devices = Devices(TOPICS, values, broker.clock)
    await devices.open()
    devices.born()
    async with connected(devices, broker):
        yield devices


@contextlib.asynccontextmanager
async def connected(devices: Devices, broker: Broker) -> AsyncIterator[None]:
    devices.arrived()
    devices.core_is_up = True
    jobs = [asyncio.create_task(job(broker.send)) for job in (devices.run, devices.clear)]
    try:
        yield
    finally:
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)


@pytest.fixture
def broker() -> Broker:
    return Broker(ManualClock())


async def renamed(devices: Devices, broker: Broker) -> None:
    """From Anna to Anne at 3 s, of which Home Assistant was told at once."""
    devices.announce(person(ANNA))
    await broker.clock.advance(GAP_S)
    devices.announce(person(ANNE))
    await settle()
    assert broker.got == [(0.0, PEOPLE, False), (GAP_S, PEOPLE, False)]
    broker.got.clear()


async def test_a_topic_goes_a_while_after_home_assistant_was_told_of_another(
    broker: Broker,
) -> None:
    async with life(MemoryValues(), broker) as devices:
        await renamed(devices, broker)
        await broker.clock.advance(1.0)
        async with devices.turn:  # nobody is kept waiting meanwhile
            devices.announce(Device("hub", {}, {"a": {"p": "sensor"}}))
        await broker.clock.advance(60.0)
    hub = TOPICS.discovery("hub")
    assert broker.got == [(GAP_S + 1.0, hub, False), (GAP_S + SETTLE_S, ANNA, True)]


async def test_a_topic_that_is_in_use_again_stays(broker: Broker) -> None:
    async with life(MemoryValues(), broker) as devices:
        await renamed(devices, broker)
        await broker.clock.advance(SETTLE_S - 0.1)
        devices.announce(person(ANNA))
        await broker.clock.advance(60.0)
    told_s = GAP_S + SETTLE_S - 0.1
    assert broker.got == [(told_s, PEOPLE, False), (told_s + SETTLE_S, ANNE, True)]


async def test_a_topic_that_is_dropped_again_waits_again(broker: Broker) -> None:
    async with life(MemoryValues(), broker) as devices:
        await renamed(devices, broker)
        await broker.clock.advance(GAP_S)
        devices.announce(person(ANNA))
        await settle()
        devices.announce(person(ANNE))
        await broker.clock.advance(60.0)
    cleared = [(at, topic) for at, topic, empty in broker.got if empty]
    assert cleared == [(3 * GAP_S + SETTLE_S, ANNA)]


async def test_the_connection_is_lost_before(broker: Broker) -> None:
    async with life(MemoryValues(), broker) as devices:
        await renamed(devices, broker)
        broker.away = True
        await broker.clock.advance(60.0)
        broker.away = False
        async with connected(devices, broker):
            devices.announce(person(ANNE), again=True)
            await broker.clock.advance(60.0)
    began_s = GAP_S + 60.0
    assert broker.got == [(began_s, PEOPLE, False), (began_s + SETTLE_S, ANNA, True)]


async def test_wallflower_ends_before(broker: Broker) -> None:
    values = MemoryValues()
    async with life(values, broker) as devices:
        devices.announce(person(ANNA))
        await broker.clock.advance(GAP_S)
        devices.remove("people")
        await settle()
    assert broker.got == [(0.0, PEOPLE, False), (GAP_S, PEOPLE, True)]
    broker.got.clear()
    async with life(values, broker) as devices:
        devices.remove_others([])
        await broker.clock.advance(60.0)
        # The device is not removed once more: Home Assistant would warn of that.
        assert broker.got == [(GAP_S + SETTLE_S, ANNA, True)]
        assert devices.ledger.write() == "{}"
