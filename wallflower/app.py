"""The composition root: the only place that builds things. Read it as an ordered table."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from wallflower import __version__
from wallflower.alerts import open_alerts
from wallflower.api import Ingress, Services, create_app, notices_for, serve
from wallflower.audio import SegmenterSettings, SileroModel
from wallflower.capture import find_ffmpeg, hear_clip, probe
from wallflower.domain.events import HealthChanged
from wallflower.domain.keywords import Keyword
from wallflower.engines import recogniser
from wallflower.homeassistant import Rights, Supervisor
from wallflower.house import House, Keeping, People, bootstrap, offer_names, open_voices, scrub
from wallflower.pipeline import Shared, lines_of
from wallflower.publish import FindBroker, MqttConfig, MqttPublisher, broker_finder, node_id
from wallflower.publish.mdns import Identity, Presence, silent_because
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock, SystemClock
from wallflower.runtime.health import Health, HealthState
from wallflower.runtime.lock import only_user
from wallflower.runtime.parts import Parts
from wallflower.settings import Settings
from wallflower.settings.schema import MqttSettings, ServerSettings
from wallflower.store import Committer, Store

PARTIAL_EVERY_S: Final = 1.2
"""About as often as one can read along."""
ALL_ADDRESSES: Final = "0.0.0.0"  # noqa: S104 - the container's; `Ingress` keeps others out
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
    bus = Bus()
    health = Health(on_change=lambda part: bus.publish(HealthChanged(part)))
    started_at = clock.wall()
    ffmpeg = await asyncio.to_thread(find_ffmpeg, settings.capture.ffmpeg)
    restart = asyncio.Event()

    def ask_restart() -> None:
        restart.set()
        closing.set()

    async with AsyncExitStack() as stack:
        stack.enter_context(only_user(data))
        store = await _open_store(settings, data, clock, health)
        stack.push_async_callback(store.close)
        lines = Committer(store, bus, clock, health)
        recognising = await stack.enter_async_context(
            recogniser(settings.asr, data, clock=clock, health=health)
        )
        voices = await open_voices(settings.speakers, store, stack)
        alerts = open_alerts(
            settings.alerts,
            bus=bus,
            clock=clock,
            health=health,
            lines_of=partial(lines_of, speakers=voices.speakers if voices else None),
        )
        shared = Shared(
            engine=recognising.engine,
            engine_ready=asyncio.Event(),
            speakers=voices.speakers if voices else None,
            lines=lines,
            bus=bus,
            clock=clock,
            vad=await asyncio.to_thread(SileroModel.load),
            # Snapshots while someone talks only if their text is shown or searched.
            segmenter=SegmenterSettings(
                partial_every_s=PARTIAL_EVERY_S
                if settings.asr.partials or alerts.keywords
                else None
            ),
            ffmpeg=ffmpeg,
            stall_s=settings.capture.stall_s,
            partials=settings.asr.partials,
            listener=alerts.keyword_watch,
        )
        async with asyncio.TaskGroup() as tasks:
            house = House(store, shared, health, tasks)
            presence = await _presence(settings.server, supervisor, store, clock, health)
            services = Services(
                house=house,
                store=store,
                bus=bus,
                health=health,
                clock=clock,
                closing=closing,
                version=__version__,
                started_at=started_at,
                engine=recognising.info,
                probe=partial(probe, ffmpeg=ffmpeg, clock=clock),
                people=People(store, bus, clock, voices.ear if voices else None),
                hear=partial(hear_clip, ffmpeg=ffmpeg, clock=clock),
                notices=notices_for(settings.server.host),
                others=presence.others,
            )
            port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            pages = _open_pages(tasks, settings.server, services, supervisor, port)

            # These end when the streams have ended,
            followers = Parts(tasks, clock, health)
            followers.start("store", lines.run_once)
            followers.start("names", partial(offer_names, shared.engine, store, bus, health))
            followers.start("scrub", partial(scrub, store, bus, health))
            followers.start("metrics", partial(services.tally.follow, bus))
            # and these after the last line was told.
            leaving = asyncio.Event()
            edges = Parts(tasks, clock, health, closing=leaving)
            edges.start("engine", partial(_engine_once, shared, health, leaving))
            edges.start("keeping", partial(_keeping(settings, store, bus, clock).run_once, leaving))
            if voices:
                voices.start_learning(edges, leaving, store, bus, clock, health)
            if broker := broker_finder(settings.mqtt, supervisor):
                publisher = await _publisher(
                    settings.mqtt, broker, services, alerts.keywords, leaving, ask_restart
                )
                edges.start("mqtt", publisher.run_once)
            edges.start("mdns", partial(presence.run_once, await port, leaving))

            await house.open()
            await bootstrap(house, store, settings.streams)
            alerts.start(house, followers, edges, leaving)
            on_running(Running(await port, services))

            await closing.wait()
            _log.info("Stopping.")
            await _write_the_last(house, followers, lines)
            leaving.set()
            await _leave(edges, pages)
        bus.close()
    return restart.is_set()


async def _leave(edges: Parts, pages: list[asyncio.Task[None]]) -> None:
    await asyncio.gather(edges.stop(EDGES_S), asyncio.wait(pages, timeout=EDGES_S))
    for page in pages:
        page.cancel()


async def _open_store(settings: Settings, data: Path, clock: Clock, health: Health) -> Store:
    keep_unknown = settings.speakers.keep_unknown
    store = await Store.open(data / "wallflower.db", clock=clock, keep_unknown=keep_unknown)
    if store.damage:
        health.report("database", HealthState.DEGRADED, store.damage, "database_damaged")
    return store


async def _write_the_last(house: House, followers: Parts, lines: Committer) -> None:
    await house.close()
    await followers.stop()
    if len(lines):
        await lines.flush()


def _keeping(settings: Settings, store: Store, bus: Bus, clock: Clock) -> Keeping:
    days = settings.speakers.forget_unknown_after_days
    return Keeping(store, bus, clock, forget_unknown_after_days=days)


async def _engine_once(shared: Shared, health: Health, leaving: asyncio.Event) -> None:
    await shared.engine.start()
    health.report("engine", HealthState.OK)
    shared.engine_ready.set()
    await leaving.wait()


def _open_pages(
    tasks: asyncio.TaskGroup,
    settings: ServerSettings,
    services: Services,
    supervisor: Supervisor | None,
    port: asyncio.Future[int],
) -> list[asyncio.Task[None]]:
    """Serve the page and the API: to the network, and in Home Assistant's panel."""
    for notice in services.notices:
        _log.warning("%s", notice.text)
    web = create_app(services, cors_origins=settings.cors_origins)
    at_home = serve(
        web,
        host=settings.host,
        port=settings.port,
        closing=services.closing,
        on_listening=port.set_result,
    )
    pages = [tasks.create_task(at_home, name="page")]
    if supervisor:
        in_panel = serve(
            Ingress(web, Rights(supervisor.admins, services.clock).is_admin),
            host=ALL_ADDRESSES,
            port=settings.ingress_port,
            closing=services.closing,
            setting="server.ingress_port",
        )
        pages.append(tasks.create_task(in_panel, name="ingress"))
    return pages


async def _presence(
    settings: ServerSettings,
    supervisor: Supervisor | None,
    store: Store,
    clock: Clock,
    health: Health,
) -> Presence:
    name = settings.name or socket.gethostname()
    inside = supervisor is not None
    return Presence(
        Identity(await node_id(store.values), name, __version__),
        host=settings.host,
        clock=clock,
        health=health,
        silent_because=silent_because(settings.mdns, settings.host, inside_home_assistant=inside),
    )


async def _publisher(
    settings: MqttSettings,
    broker: FindBroker,
    services: Services,
    keywords: Sequence[Keyword],
    leaving: asyncio.Event,
    restart: Callable[[], None],
) -> MqttPublisher:
    return MqttPublisher(
        MqttConfig.of(settings),
        broker=broker,
        node_id=await node_id(services.store.values),
        version=services.version,
        house=services.house,
        journal=services.store.journal,
        values=services.store.values,
        lines=services.store.lines,
        voices=services.store.voices,
        bus=services.bus,
        health=services.health,
        clock=services.clock,
        closing=leaving,
        engine_state=services.engine,
        restart=restart,
        keywords=keywords,
    )
