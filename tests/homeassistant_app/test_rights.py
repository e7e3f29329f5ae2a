"""Rights are asked for seldom, end soon, and are never guessed."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.clock import ManualClock, settle
from wallflower.domain.errors import RightsUnknown
from wallflower.homeassistant import Rights
from wallflower.homeassistant.rights import ADMIN_S, OTHERS_S


class Core:
    """Answers with `admins`, or not at all while there are none."""

    def __init__(self) -> None:
        self.admins: frozenset[str] | None = frozenset({"anna"})
        self.asked = 0
        self.gate: asyncio.Event | None = None

    async def ask(self) -> frozenset[str]:
        self.asked += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.admins is None:
            raise RightsUnknown("Core is away.")
        return self.admins


@pytest.fixture
def core() -> Core:
    return Core()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def rights(core: Core, clock: ManualClock) -> Rights:
    return Rights(core.ask, clock)


async def test_an_administrator_is_remembered(
    rights: Rights, core: Core, clock: ManualClock
) -> None:
    assert await rights.is_admin("anna")
    await clock.advance(ADMIN_S - 0.1)
    assert await rights.is_admin("anna")
    assert core.asked == 1


async def test_rights_that_were_taken_end(rights: Rights, core: Core, clock: ManualClock) -> None:
    assert await rights.is_admin("anna")
    core.admins = frozenset()
    await clock.advance(ADMIN_S)
    assert not await rights.is_admin("anna")


async def test_new_rights_are_seen_soon(rights: Rights, core: Core, clock: ManualClock) -> None:
    assert not await rights.is_admin("ben")
    core.admins = frozenset({"anna", "ben"})
    assert not await rights.is_admin("ben")
    assert core.asked == 1
    await clock.advance(OTHERS_S)
    assert await rights.is_admin("ben")


async def test_a_core_that_is_away_makes_nobody_an_administrator(
    rights: Rights, core: Core, clock: ManualClock
) -> None:
    assert await rights.is_admin("anna")
    core.admins = None
    await clock.advance(ADMIN_S)
    with pytest.raises(RightsUnknown, match="Core is away"):
        await rights.is_admin("anna")
    assert core.asked == 2
    with pytest.raises(RightsUnknown):  # and is not asked at each click
        await rights.is_admin("anna")
    assert core.asked == 2
    core.admins = frozenset({"anna"})
    await clock.advance(OTHERS_S)
    assert await rights.is_admin("anna")


async def test_many_requests_are_one_question(rights: Rights, core: Core) -> None:
    core.gate = asyncio.Event()
    asking = [asyncio.create_task(rights.is_admin(who)) for who in ("anna", "ben", "anna")]
    await settle()
    core.gate.set()
    assert await asyncio.gather(*asking) == [True, False, True]
    assert core.asked == 1


async def test_a_request_that_is_given_up_leaves_the_question_to_the_next(
    rights: Rights, core: Core
) -> None:
    core.gate = asyncio.Event()
    first, second = (asyncio.create_task(rights.is_admin("anna")) for _ in range(2))
    await settle()
    first.cancel()
    await settle()
    core.gate.set()
    assert await second
    assert core.asked == 2
