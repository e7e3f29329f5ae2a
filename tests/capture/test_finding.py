"""Cameras found over real multicast, in a network of the test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.lan import lan
from tests.support.onvif import camera_at, match
from wallflower.capture import find_cameras
from wallflower.capture.finding import MOST, ProbeFailed
from wallflower.runtime.clock import SystemClock

pytestmark = pytest.mark.peer

CLOCK = SystemClock()


@pytest.fixture
def address() -> Iterator[str]:
    with lan() as address:
        yield address


async def test_those_that_answer_each_once(address: str) -> None:
    two = [match("urn:uuid:2", addresses="http://10.0.0.9/"), match("urn:uuid:1")]
    async with camera_at(address, two):
        found = await find_cameras([address], seconds=1.0, clock=CLOCK)
    assert [(camera.id, camera.host) for camera in found] == [
        ("urn:uuid:1", "10.0.0.31"),
        ("urn:uuid:2", "10.0.0.9"),
    ]


async def test_nobody_there(address: str) -> None:
    assert await find_cameras([address], seconds=0.2, clock=CLOCK) == []
    assert await find_cameras([], seconds=0.2, clock=CLOCK) == []


async def test_a_crowd_is_bounded(address: str) -> None:
    # One answer fits into one datagram: the crowd comes in several voices.
    async with (
        camera_at(address, [match(f"urn:uuid:a{n}") for n in range(MOST // 4)]),
        camera_at(address, [match(f"urn:uuid:b{n}") for n in range(MOST // 4)]),
        camera_at(address, [match(f"urn:uuid:c{n}") for n in range(MOST // 4)]),
        camera_at(address, [match(f"urn:uuid:d{n}") for n in range(MOST // 4)]),
        camera_at(address, [match(f"urn:uuid:e{n}") for n in range(MOST // 4)]),
    ):
        found = await find_cameras([address], seconds=1.0, clock=CLOCK)
    assert len(found) == MOST


async def test_an_address_that_is_not_ours() -> None:
    with pytest.raises(ProbeFailed, match=r"from 198\.51\.100\.1"):
        await find_cameras(["198.51.100.1"], seconds=0.1, clock=CLOCK)
