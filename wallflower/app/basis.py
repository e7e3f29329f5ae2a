"""What every part of the appliance stands on."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from wallflower.domain.events import HealthChanged
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock
from wallflower.runtime.health import Health, HealthState
from wallflower.runtime.lock import only_user
from wallflower.settings import Settings
from wallflower.store import Store


@dataclass(frozen=True, slots=True)
class Basis:
    settings: Settings
    data: Path
    """The folder of everything that is kept."""
    store: Store
    bus: Bus
    clock: Clock
    health: Health


async def open_basis(settings: Settings, data: Path, clock: Clock, stack: AsyncExitStack) -> Basis:
    """The store in `data`, for us alone; closed with `stack`."""
    bus = Bus()
    health = Health(on_change=lambda part: bus.publish(HealthChanged(part)))
    stack.enter_context(only_user(data))
    store = await Store.open(
        data / "wallflower.db", clock=clock, keep_unknown=settings.speakers.keep_unknown
    )
    stack.push_async_callback(store.close)
    if store.damage:
        health.report("database", HealthState.DEGRADED, store.damage, "database_damaged")
    return Basis(settings, data, store, bus, clock, health)
