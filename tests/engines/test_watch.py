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
from wallflower.asr.whisperlive.local import LocalConfig, LocalServer
from wallflower.domain.engine import ServerState
from wallflower.engines.watch import HUNG_S, LOOK_EVERY_S, PART, Watch
from wallflower.runtime.health import Health, HealthState


class Listening(LocalServer):
    """A local server that never runs; it notes that it should be started again."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(LocalConfig(Path("/nowhere"), Path), clock)
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

    def told(self) -> tuple[HealthState, str | None]:
        part = self.health.parts()[PART]
        return part.state, part.detail


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
    assert rig.told() == (HealthState.OK, None)
    rig.is_now(ServerState.AWAY)
    rig.changed.set()
    await rig.clock.advance(0)
    state, sentence = rig.told()
    assert state is HealthState.DEGRADED
    assert sentence is not None
    assert sentence.endswith("cannot be reached; the embedded engine writes meanwhile.")
    rig.is_now(ServerState.READY)
    rig.changed.set()
    await rig.clock.advance(0)
    assert rig.told() == (HealthState.OK, None)


@pytest.mark.parametrize("state", [ServerState.FROZEN, ServerState.AWAY])
async def test_a_local_server_that_hangs_is_started_again(rig: Rig, state: ServerState) -> None:
    rig.local.listening.set()
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
