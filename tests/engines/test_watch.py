"""Health hears how servers do, and a local one that hangs is started again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.asr.relay.told import Told
from tests.support.clock import ManualClock
from tests.support.engine import quality
from wallflower.asr.relay import Places, Relay
from wallflower.asr.whisperlive.config import server_name
from wallflower.asr.whisperlive.local import START_S, LocalConfig, LocalServer
from wallflower.domain.engine import ServerState
from wallflower.engines.watch import HUNG_S, LOOK_EVERY_S, PART, SERVER, Watch
from wallflower.runtime.health import Health, HealthState


class Listening(LocalServer):
    """A local server that never runs; it notes that it should be started again."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(LocalConfig(Path("/nowhere"), Path), clock)
        self.starts = 1
        self.restarts = 0

    def restart(self, reason: str) -> None:
        self.restarts += 1


@dataclass
class Rig:
    clock: ManualClock
    servers: Told
    local: Listening
    changed: asyncio.Event
    health: Health

    def is_now(self, state: ServerState) -> None:
        self.servers.qualities = (quality(state, server_name(self.local.url)),)

    async def told(self) -> tuple[HealthState, str | None]:
        """What health says, once the watch has looked."""
        self.changed.set()
        await self.clock.advance(0)
        part = self.health.parts()[PART]
        return part.state, part.detail

    async def wrote(self) -> None:
        """The server wrote once since its start."""
        self.is_now(ServerState.READY)
        self.local.listening.set()
        assert await self.told() == (HealthState.OK, None)


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    clock = ManualClock()
    rig = Rig(clock, Told("servers"), Listening(clock), asyncio.Event(), Health())
    relay = Relay(rig.servers, Told("embedded"), clock=clock, places=Places(clock))
    watch = Watch(relay, rig.local, changed=rig.changed, clock=clock, health=rig.health)
    watching = asyncio.create_task(watch.run_once())
    await clock.advance(0)
    yield rig
    watching.cancel()
    rig.local.close()


async def test_health_follows_the_servers_at_once(rig: Rig) -> None:
    await rig.wrote()
    rig.is_now(ServerState.AWAY)
    state, sentence = await rig.told()
    assert state is HealthState.DEGRADED
    assert sentence is not None
    assert sentence.endswith("cannot be reached; the embedded engine writes meanwhile.")
    rig.is_now(ServerState.READY)
    assert await rig.told() == (HealthState.OK, None)


async def test_a_server_on_its_way_for_the_first_time_is_no_trouble(rig: Rig) -> None:
    rig.is_now(ServerState.AWAY)
    calm = "The local WhisperLive server is starting; the embedded engine writes meanwhile."
    assert await rig.told() == (HealthState.OK, calm)
    # Others are not excused by it.
    rig.servers.qualities += (quality(ServerState.AWAY),)
    state, sentence = await rig.told()
    assert state is HealthState.DEGRADED
    assert sentence is not None
    assert "box:9090" in sentence


@pytest.mark.parametrize("trouble", ["it fails", "it was started again", "it wrote before"])
async def test_only_a_first_start_without_failure_is_calm(rig: Rig, trouble: str) -> None:
    match trouble:
        case "it fails":
            rig.health.report(SERVER, HealthState.FAILED, "It is not installed.")
        case "it was started again":
            rig.local.starts = 2
        case _:
            await rig.wrote()
    rig.is_now(ServerState.AWAY)
    state, _ = await rig.told()
    assert state is HealthState.DEGRADED


async def test_a_server_that_loads_its_model_gets_longer(rig: Rig) -> None:
    rig.local.listening.set()
    rig.is_now(ServerState.AWAY)
    await rig.clock.advance(START_S)
    assert rig.local.restarts == 0
    await rig.clock.advance(2 * LOOK_EVERY_S)
    assert rig.local.restarts == 1


@pytest.mark.parametrize("state", [ServerState.FROZEN, ServerState.AWAY])
async def test_a_local_server_that_hangs_is_started_again(rig: Rig, state: ServerState) -> None:
    await rig.wrote()
    rig.is_now(state)
    await rig.clock.advance(HUNG_S)
    assert rig.local.restarts == 0
    await rig.clock.advance(2 * LOOK_EVERY_S)
    assert rig.local.restarts == 1
    # Nothing is asked of one that is starting, and a fresh one gets its time.
    rig.local.listening.clear()
    await rig.clock.advance(2 * HUNG_S)
    rig.local.listening.set()
    await rig.clock.advance(HUNG_S)
    assert rig.local.restarts == 1
    await rig.clock.advance(2 * LOOK_EVERY_S)
    assert rig.local.restarts == 2


async def test_one_that_writes_or_is_full_is_left_alone(rig: Rig) -> None:
    rig.local.listening.set()
    for state in (ServerState.READY, ServerState.FULL, ServerState.UNKNOWN):
        rig.is_now(state)
        await rig.clock.advance(2 * HUNG_S)
    assert rig.local.restarts == 0
