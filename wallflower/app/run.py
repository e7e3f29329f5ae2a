"""From settings to a running house, and down again. Read it as an ordered table."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from wallflower import __version__
from wallflower.api import Services, notices_for
from wallflower.app.basis import Basis, open_basis
from wallflower.app.edges import open_pages, presence_of, publisher_at
from wallflower.app.stages import Stages, open_stages
from wallflower.capture import hear_clip, probe
from wallflower.homeassistant import Supervisor
from wallflower.house import House, Keeping, People, bootstrap, offer_names, scrub
from wallflower.pipeline import Shared
from wallflower.publish import AGAIN_S, broker_finder
from wallflower.publish.mdns import Presence
from wallflower.runtime.backoff import SteppedBackoff
from wallflower.runtime.clock import Clock, SystemClock
from wallflower.runtime.health import Health, HealthState
from wallflower.runtime.parts import Parts
from wallflower.settings import Settings

EDGES_S: Final = 5.0
"""How long the page and the broker may take to let go; the store has its own time after that."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Running:
    """What a caller of `run` may look at while the house runs."""

    port: int
    """The page and the API answer here."""
    services: Services


async def run(
    settings: Settings,
    data: Path,
    *,
    closing: asyncio.Event,
    clock: Clock | None = None,
    supervisor: Supervisor | None = None,
    on_running: Callable[[Running], None] = lambda _running: None,
) -> bool:
    """Run the house until `closing` is set, then stop in order: streams, edges, store.

    Tells whether somebody asked for a restart: then call it again with settings read anew.

    `data` is the folder of everything that is kept; it is made when missing. `supervisor` is Home
    Assistant's, where it keeps us as an app: its panel is served too then, and its broker used
    where the settings name none. `on_running` is told once, when the page answers and the streams
    are being opened. Raises `WallflowerError` when it cannot start at all; whatever fails later is
    retried and shown in health.
    """
    clock = clock or SystemClock()
    restart = asyncio.Event()

    def ask_restart() -> None:
        restart.set()
        closing.set()

    async with AsyncExitStack() as stack:
        basis = await open_basis(settings, data, clock, stack)
        store, bus, health = basis.store, basis.bus, basis.health
        stages = await open_stages(basis, stack)
        shared, voices, alerts = stages.shared, stages.voices, stages.alerts
        async with asyncio.TaskGroup() as tasks:
            house = House(store, shared, health, tasks)
            presence = await presence_of(basis, supervisor)
            services = _services(basis, stages, house, presence, closing)
            port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            pages = open_pages(tasks, settings.server, services, supervisor, port)

            # These end when the streams have ended,
            followers = Parts(tasks, clock, health)
            followers.start("store", stages.lines.run_once)
            followers.start("names", partial(offer_names, shared.engine, store, bus, health))
            followers.start("scrub", partial(scrub, store, bus, health))
            followers.start("metrics", partial(services.tally.follow, bus))
            # and these after the last line was told.
            leaving = asyncio.Event()
            edges = Parts(tasks, clock, health, closing=leaving)
            edges.start("engine", partial(_engine_once, shared, health, leaving))
            edges.start("keeping", partial(_keeping(basis).run_once, leaving))
            if voices:
                voices.start_learning(edges, leaving, store, bus, clock, health)
            if broker := broker_finder(settings.mqtt, supervisor):
                publisher = await publisher_at(
                    broker, basis, services, alerts.keywords, leaving, ask_restart
                )
                edges.start("mqtt", publisher.run_once, SteppedBackoff(AGAIN_S))
            edges.start("mdns", partial(presence.run_once, await port, leaving))

            await house.open()
            await bootstrap(house, store, settings.streams)
            alerts.start(house, followers, edges, leaving)
            on_running(Running(await port, services))

            await closing.wait()
            _log.info("Stopping.")
            await house.close()
            await followers.stop()
            if len(stages.lines):
                await stages.lines.flush()
            leaving.set()
            await asyncio.gather(edges.stop(EDGES_S), asyncio.wait(pages, timeout=EDGES_S))
            for page in pages:
                page.cancel()
        bus.close()
    return restart.is_set()


def _services(
    basis: Basis, stages: Stages, house: House, presence: Presence, closing: asyncio.Event
) -> Services:
    ffmpeg, clock = stages.shared.ffmpeg, basis.clock
    return Services(
        house=house,
        store=basis.store,
        bus=basis.bus,
        health=basis.health,
        clock=clock,
        closing=closing,
        version=__version__,
        started_at=clock.wall(),
        engine=stages.recognising.info,
        probe=partial(probe, ffmpeg=ffmpeg, clock=clock),
        people=People(basis.store, basis.bus, clock, stages.voices.ear if stages.voices else None),
        hear=partial(hear_clip, ffmpeg=ffmpeg, clock=clock),
        notices=notices_for(basis.settings.server.host),
        others=presence.others,
    )


def _keeping(basis: Basis) -> Keeping:
    days = basis.settings.speakers.forget_unknown_after_days
    return Keeping(basis.store, basis.bus, basis.clock, forget_unknown_after_days=days)


async def _engine_once(shared: Shared, health: Health, leaving: asyncio.Event) -> None:
    await shared.engine.start()
    health.report("engine", HealthState.OK)
    shared.engine_ready.set()
    await leaving.wait()
