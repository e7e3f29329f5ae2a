"""Wallflowers that announce themselves and find each other, over real mDNS."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import pytest

from tests.publish.mdns.box import PORT, Box
from wallflower.domain.others import Other, Others
from wallflower.publish.mdns import Identity, Presence, look_around
from wallflower.publish.mdns.announcement import SERVICE
from wallflower.publish.mdns.neighbours import MOST, Neighbours
from wallflower.publish.mdns.network import NetworkFailed, on_network
from wallflower.publish.mdns.presence import LOOK_EVERY_S
from wallflower.runtime.clock import SystemClock
from wallflower.runtime.health import Health, HealthState

pytestmark = pytest.mark.peer

PATIENCE_S = 60.0
CLOCK = SystemClock()


async def eventually(holds: Callable[[], bool]) -> None:
    """Wait until `holds`."""
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - nobody tells of what is looked at here
            await asyncio.sleep(0.02)


async def test_two_find_each_other_and_part(address: str) -> None:
    hall, attic = Box("a1", "Hall", lambda: [address]), Box("b2", "Attic", lambda: [address])
    async with hall.on():
        async with attic.on():
            await eventually(lambda: bool(hall.presence.others().seen))
            await eventually(lambda: bool(attic.presence.others().seen))
            assert hall.presence.others().seen == (
                Other("b2", "Attic", f"http://{address}:{PORT}/", "0.1.0"),
            )
            assert [other.id for other in attic.presence.others().seen] == ["a1"]
            assert hall.health.parts()["mdns"].state is HealthState.OK
        await eventually(lambda: hall.presence.others().seen == ())


async def test_one_name_for_two_boxes(address: str) -> None:
    one = Box("a1", "box", lambda: [address])
    two = Box("b2", "box", lambda: [address], clock=CLOCK)
    async with one.on(), two.on():
        await eventually(lambda: bool(one.presence.others().seen))
        (other,) = one.presence.others().seen
        assert (other.id, other.name) == ("b2", "box-2")


async def test_a_look_around(address: str) -> None:
    async with Box("a1", "Büro 2.OG", lambda: [address]).on():
        (found,) = await look_around([address], seconds=2.0, clock=CLOCK)
    assert found == Other("a1", "Büro 2-OG", f"http://{address}:{PORT}/", "0.1.0")
    assert await look_around([address], seconds=0.5, clock=CLOCK) == ()


async def test_a_network_that_comes_late_and_an_address_that_changes(address: str) -> None:
    addresses: list[str] = []
    box = Box("a1", "Hall", lambda: list(addresses))
    waiting = asyncio.create_task(box.presence.run_once(PORT, box.closing))
    await eventually(lambda: box.clock.sleepers > 0)
    assert "mdns" not in box.health.parts(), "nothing is announced, and nothing is wrong"
    await box.clock.advance(LOOK_EVERY_S)
    assert not waiting.done()
    addresses.append(address)
    await box.clock.advance(LOOK_EVERY_S)
    await waiting

    async with box.on():
        addresses.clear()
        await box.clock.advance(LOOK_EVERY_S)
        assert await look_around([address], seconds=0.5, clock=CLOCK) == ()


async def test_it_ends_at_once_while_it_still_listens_for_its_name(address: str) -> None:
    box = Box("a1", "Hall", lambda: [address])
    running = asyncio.create_task(box.presence.run_once(PORT, box.closing))
    await eventually(lambda: box.clock.sleepers > 0)
    box.closing.set()
    await running
    assert "mdns" not in box.health.parts(), "it was never announced"


async def test_silent_for_a_reason(address: str) -> None:
    closing = asyncio.Event()
    box = Presence(
        Identity("a1", "Hall", "0.1.0"),
        host="127.0.0.1",
        clock=CLOCK,
        health=Health(),
        silent_because="mDNS is switched off.",
        addresses=lambda: [address],
    )
    running = asyncio.create_task(box.run_once(PORT, closing))
    assert await look_around([address], seconds=1.0, clock=CLOCK) == ()
    assert box.others() == Others(reason="mDNS is switched off.")
    closing.set()
    await running


async def test_a_network_that_does_not_let_us() -> None:
    with pytest.raises(
        NetworkFailed, match=r"mDNS does not work on 198\.51\.100\.1 .*server\.mdns"
    ):
        async with on_network(["198.51.100.1"]):
            raise AssertionError("that is nobody's address here")


def test_an_address_of_its_own() -> None:
    def told(host: str) -> list[str]:
        box = Presence(
            Identity("a1", "Hall", "0.1.0"),
            host=host,
            clock=CLOCK,
            health=Health(),
            addresses=lambda: ["10.0.0.7", "10.1.0.7"],
        )
        return [socket.inet_ntoa(one) for one in box._info(box._addresses(), PORT).addresses]

    assert told("0.0.0.0") == told("::") == ["10.0.0.7", "10.1.0.7"]
    assert told("10.1.0.7") == ["10.1.0.7"]


def test_a_crowd_is_bounded() -> None:
    neighbours = Neighbours()
    for number in range(MOST + 9):
        neighbours.notice(f"x{number}.{SERVICE}", True)
    assert len(neighbours._unread) == MOST
    neighbours.notice(f"x0.{SERVICE}", False)
    assert len(neighbours._unread) == MOST - 1
