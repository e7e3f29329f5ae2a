"""Looks at one stream: shared, one after another, broken off."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.clock import settle
from wallflower.domain.errors import Conflict, Unreachable
from wallflower.house.pictures import WIDTHS, Pictures


class Camera:
    """Shows a picture once the test says so."""

    def __init__(self) -> None:
        self.asked: list[int | None] = []
        self.viewers = 0
        self.most_viewers = 0
        self.shows: asyncio.Queue[bytes | Unreachable] = asyncio.Queue()

    async def look(self, width: int | None) -> bytes:
        self.asked.append(width)
        self.viewers += 1
        self.most_viewers = max(self.viewers, self.most_viewers)
        try:
            shown = await self.shows.get()
        finally:
            self.viewers -= 1
        if isinstance(shown, Unreachable):
            raise shown
        return shown


async def test_who_asks_meanwhile_gets_the_same_picture() -> None:
    camera, pictures = Camera(), Pictures("hall")
    asking = [asyncio.create_task(pictures.take(camera.look, 320)) for _ in range(3)]
    await settle()
    asking[0].cancel()
    camera.shows.put_nowait(b"one")
    assert await asyncio.gather(*asking[1:]) == [b"one", b"one"]
    assert camera.asked == [320]
    camera.shows.put_nowait(b"two")
    assert await pictures.take(camera.look, 320) == b"two", "a later one is a new one"


async def test_other_widths_wait_for_their_turn() -> None:
    camera, pictures = Camera(), Pictures("hall")
    camera.shows.put_nowait(b"small")
    camera.shows.put_nowait(b"large")
    small, large = await asyncio.gather(
        pictures.take(camera.look, 320), pictures.take(camera.look, None)
    )
    assert (small, large) == (b"small", b"large")
    assert camera.most_viewers == 1


async def test_a_crowd_does_not_keep_the_camera_busy() -> None:
    camera, pictures = Camera(), Pictures("hall")
    asking = [
        asyncio.create_task(pictures.take(camera.look, 320 + number)) for number in range(WIDTHS)
    ]
    await settle()
    with pytest.raises(Conflict, match="try again in a moment"):
        await pictures.take(camera.look, 16)
    for _ in range(WIDTHS + 1):
        camera.shows.put_nowait(b"one")
    assert await pictures.take(camera.look, 320) == b"one", "who asks for the same may wait with it"
    await asyncio.gather(*asking)
    assert await pictures.take(camera.look, 16) == b"one"


async def test_a_failure_is_everybodys_and_not_the_next_ones() -> None:
    camera, pictures = Camera(), Pictures("hall")
    camera.shows.put_nowait(Unreachable("10.0.0.7 does not answer."))
    both = await asyncio.gather(
        *(pictures.take(camera.look, None) for _ in range(2)), return_exceptions=True
    )
    assert [type(one) for one in both] == [Unreachable, Unreachable]
    camera.shows.put_nowait(b"again")
    assert await pictures.take(camera.look, None) == b"again"


async def test_broken_off_it_shows_nothing_more() -> None:
    camera, pictures = Camera(), Pictures("hall")
    asking = asyncio.create_task(pictures.take(camera.look, None))
    await settle()
    await asyncio.wait(pictures.drop())
    assert camera.viewers == 0
    with pytest.raises(Conflict, match="look again"):
        await asking
    camera.shows.put_nowait(b"later")
    assert await pictures.take(camera.look, None) == b"later"
    assert pictures.drop() == []
