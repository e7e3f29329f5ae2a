from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from tests.support.clock import ManualClock, settle
from wallflower.publish.announcer import GAP_S, Announcer

Sent = list[tuple[str, str]]


@contextlib.asynccontextmanager
async def announcing(announcer: Announcer) -> AsyncIterator[Sent]:
    sent: Sent = []

    async def send(topic: str, payload: str) -> None:
        sent.append((topic, payload))

    task = asyncio.create_task(announcer.run(send))
    try:
        yield sent
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_the_first_goes_at_once() -> None:
    announcer = Announcer(ManualClock())
    announcer.announce("hub", "hub")
    async with announcing(announcer) as sent:
        await settle()
        announcer.announce("hall", "1")
        await settle()
    assert sent == [("hub", "hub"), ("hall", "1")]


async def test_the_same_is_not_repeated_unless_asked() -> None:
    clock = ManualClock()
    announcer = Announcer(clock)
    async with announcing(announcer) as sent:
        announcer.announce("hall", "1")
        await clock.advance(GAP_S)
        announcer.announce("hall", "1")
        await clock.advance(GAP_S)
        assert sent == [("hall", "1")]
        announcer.announce("hall", "1", again=True)
        await settle()
        assert sent == [("hall", "1")] * 2


async def test_a_device_gets_its_payloads_at_a_distance() -> None:
    clock = ManualClock()
    announcer = Announcer(clock)
    async with announcing(announcer) as sent:
        announcer.announce("hall", "1")
        await settle()
        for payload in ("2", "3"):
            announcer.announce("hall", payload)
        announcer.announce("yard", "1")
        await clock.advance(GAP_S - 0.1)
        assert sent == [("hall", "1"), ("yard", "1")]
        await clock.advance(0.1)
        assert sent[2:] == [("hall", "3")]


async def test_a_change_that_is_taken_back_needs_no_message() -> None:
    clock = ManualClock()
    announcer = Announcer(clock)
    async with announcing(announcer) as sent:
        announcer.announce("hall", "1")
        await settle()
        announcer.announce("hall", "2")
        announcer.announce("hall", "1")
        await clock.advance(GAP_S * 2)
        assert sent == [("hall", "1")]


async def test_a_storm_of_connections_keeps_the_distance() -> None:
    clock = ManualClock()
    announcer = Announcer(clock)
    total: Sent = []
    for _ in range(10):  # ten connections within one second
        announcer.announce("hall", "1", again=True)
        async with announcing(announcer) as sent:
            await clock.advance(0.1)
        total += sent
    assert total == [("hall", "1")]
    async with announcing(announcer) as sent:
        await clock.advance(GAP_S)
    assert sent == [("hall", "1")]


async def test_what_could_not_be_sent_is_due_again() -> None:
    clock = ManualClock()
    announcer = Announcer(clock)
    announcer.announce("hall", "")

    async def fail(topic: str, payload: str) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await announcer.run(fail)
    async with announcing(announcer) as sent:
        await clock.advance(GAP_S)
    assert sent == [("hall", "")]
