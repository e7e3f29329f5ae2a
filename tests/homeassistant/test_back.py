"""Home Assistant, the broker and Wallflower stop and start, in any order.

`WALLFLOWER_HA_EVERY_ORDER=1` has all orders tried with all versions: a minute more.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

import pytest

from tests.homeassistant.appliance import Appliance
from tests.support.homeassistant import VERSIONS, Client, Core, Json
from tests.support.mosquitto import Mosquitto

pytestmark = [pytest.mark.peer, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(400)]

CORE, BROKER, APPLIANCE = "core", "broker", "appliance"
ALL: Final = [
    (CORE,),
    (BROKER,),
    (APPLIANCE,),
    (CORE, APPLIANCE, BROKER),
    (BROKER, CORE, APPLIANCE),
]
"""What is started, in this order, when all of it was stopped."""
WORST: Final = {"2026.11": (CORE, APPLIANCE, BROKER), "2026.2": (BROKER, CORE, APPLIANCE)}
"""Those that are tried each time: everything was away, and comes back in the wrong order, or in
the right one."""
EVERY: Final = bool(os.environ.get("WALLFLOWER_HA_EVERY_ORDER"))
CASES: Final = [
    (version, order) for version in VERSIONS for order in (ALL if EVERY else [WORST[version]])
]
PATIENCE_S = 45.0
"""10 s are promised; a machine that is busy with other tests is given more."""


@dataclass
class World:
    broker: Mosquitto
    core: Core
    appliance: Appliance

    async def stop(self, what: str) -> None:
        stops = {CORE: self.core.stop, BROKER: self.broker.kill, APPLIANCE: self.appliance.stop}
        await stops[what]()

    async def start(self, what: str, running: set[str]) -> None:
        if what == BROKER:
            await self.broker.start()
        elif what == APPLIANCE:
            await self.appliance.start()
        elif BROKER in running:
            await self.core.start("--keep")
        else:
            # The bench would start a broker of its own where nobody listens.
            async with deaf(self.broker.port):
                await self.core.start("--keep", "--no-birth")


@contextlib.asynccontextmanager
async def deaf(port: int) -> AsyncIterator[None]:
    """Somebody at the port who hangs up on everybody."""
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port)
    async with server:
        yield


def steady(states: dict[str, Json], ours: set[str]) -> dict[str, str]:
    """The states that have to be as they were: of our entities, but for since when it runs."""
    return {
        name: state["state"]
        for name, state in states.items()
        if name in ours and name != "sensor.wallflower_started"
    }


def is_back(before: dict[str, str], ours: set[str]) -> Callable[[Client], bool]:
    return lambda me: steady(me.states, ours) == before and ours <= me.states.keys()


@pytest.mark.parametrize(
    ("bench", "order"),
    CASES,
    indirect=["bench"],
    scope="session",
    ids=[f"{version}-{'-'.join(order)}" for version, order in CASES],
)
async def test_every_entity_is_back(
    order: tuple[str, ...],
    broker: Mosquitto,
    home: Core,
    ha: Client,
    house: Appliance,
    record_property: Callable[[str, object], None],
) -> None:
    world = World(broker, home, house)
    async with home.connected() as client:
        entities = await client.entities()
        ours = {entity["entity_id"] for entity in entities if entity["disabled_by"] is None}
        await client.until(lambda me: ours <= me.states.keys())
        before = steady(client.states, ours)
    assert "unavailable" not in before.values()
    for what in order:
        await world.stop(what)
    running = {CORE, BROKER, APPLIANCE} - set(order)
    for what in order:
        await world.start(what, running)
        running.add(what)
    loop = asyncio.get_running_loop()
    last_was_up = loop.time()
    async with home.connected() as client:
        await client.until(is_back(before, ours))
        took_s = loop.time() - last_was_up
        record_property("back_s", round(took_s, 2))
        print(f"{'-'.join(order)}: every entity back after {took_s:.1f} s")
        assert took_s < PATIENCE_S
        known = {entity["entity_id"] for entity in await client.entities()}
        assert known == {entity["entity_id"] for entity in entities}
