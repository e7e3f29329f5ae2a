"""The composition root: the only place that builds things. Read it as an ordered table."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from wallflower import __version__
from wallflower.api import Services, create_app, serve
from wallflower.asr.contract import Engine
from wallflower.audio import SegmenterSettings, SileroModel
from wallflower.capture import find_ffmpeg, hear_clip, probe
from wallflower.domain.events import HealthChanged, SpeakerRenamed
from wallflower.engines import recogniser
from wallflower.house import ClipEar, House, Keeping, OwnOdds, People, Relearning, bootstrap
from wallflower.pipeline import Shared
from wallflower.publish import MqttConfig, MqttPublisher
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock, SystemClock
from wallflower.runtime.health import Health, HealthState
from wallflower.runtime.lock import only_user
from wallflower.runtime.supervisor import supervise
from wallflower.runtime.workers import Workers
from wallflower.settings import Settings
from wallflower.settings.schema import AsrSettings, MqttSettings, SpeakerSettings
from wallflower.speakers import Encoder, Speakers
from wallflower.store import Committer, Store

NODE_KEY: Final = "instance.id"
PARTIAL_EVERY_S: Final = 1.2
"""About as often as one can read along."""
EDGES_S: Final = 5.0
"""How long the page and the broker may take to let go; the store has its own time after that."""

Once = Callable[[], Awaitable[None]]
"""What `supervise` runs again and again."""

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
    on_running: Callable[[Running], None] = lambda _running: None,
) -> bool:
    """Run the house until `closing` is set, then stop in order: streams, edges, store.

    Tells whether somebody asked for a restart: then call it again with settings read anew.

    `data` is the folder of everything that is kept; it is made when missing. `on_running` is told
    once, when the page answers and the streams are being opened. Raises `WallflowerError` when it
    cannot start at all; whatever fails later is retried and shown in health.
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
        store = await Store.open(
            data / "wallflower.db", clock=clock, keep_unknown=settings.speakers.keep_unknown
        )
        stack.push_async_callback(store.close)
        if store.damage:
            health.report("database", HealthState.DEGRADED, store.damage, "database_damaged")
        lines = Committer(store, bus, clock, health)
        recognising = await stack.enter_async_context(
            recogniser(settings.asr, data, clock=clock, health=health)
        )
        engine = recognising.engine
        voices = await _voices(settings.speakers, store, stack)
        shared = Shared(
            engine=engine,
            engine_ready=asyncio.Event(),
            speakers=voices.speakers if voices else None,
            lines=lines,
            bus=bus,
            clock=clock,
            vad=await asyncio.to_thread(SileroModel.load),
            segmenter=build_segmenter(settings.asr),
            ffmpeg=ffmpeg,
            stall_s=settings.capture.stall_s,
            partials=settings.asr.partials,
        )
        async with asyncio.TaskGroup() as tasks:
            house = House(store, shared, health, tasks)
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
            )
            leaving = asyncio.Event()
            port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            page = tasks.create_task(_serve(settings, services, port), name="page")
            tidying = Keeping(
                store,
                bus,
                clock,
                forget_unknown_after_days=settings.speakers.forget_unknown_after_days,
            )
            parts: dict[str, Once] = {
                "engine": _engine_once(engine, shared.engine_ready, health, leaving),
                "keeping": partial(tidying.run_once, leaving),
                **_learning(voices, store, bus, clock, health, leaving),
            }
            if settings.mqtt.host:
                publisher = await _publisher(settings.mqtt, services, leaving, ask_restart)
                parts["mqtt"] = publisher.run_once
            keeping = tasks.create_task(
                supervise("store", lines.run_once, clock=clock, health=health), name="store"
            )
            followers = {
                "names": partial(_hint_once, engine, store, bus, health),
                "metrics": partial(services.tally.follow, bus),
            }
            following = [
                tasks.create_task(supervise(part, once, clock=clock, health=health), name=part)
                for part, once in followers.items()
            ]
            supervised = [
                tasks.create_task(
                    supervise(part, once, clock=clock, health=health, closing=leaving), name=part
                )
                for part, once in parts.items()
            ]
            await house.open()
            await bootstrap(house, store, settings.streams)
            on_running(Running(await port, services))

            await closing.wait()
            _log.info("Stopping.")
            await house.close()
            for task in (keeping, *following):
                task.cancel()
            if len(lines):
                await lines.flush()
            # Only now, so that the broker hears the last lines before `offline`.
            leaving.set()
            await asyncio.wait([page, *supervised], timeout=EDGES_S)
            for task in [page, *supervised]:
                task.cancel()
        bus.close()
    return restart.is_set()


def build_segmenter(settings: AsrSettings) -> SegmenterSettings:
    """How speech is cut; snapshots while someone talks only if their text is shown."""
    return SegmenterSettings(partial_every_s=PARTIAL_EVERY_S if settings.partials else None)


@dataclass(frozen=True, slots=True)
class Voices:
    """Who hears voices: one encoder, on one thread."""

    encoder: Encoder
    thread: Workers
    speakers: Speakers
    """In what streams say."""
    ear: ClipEar
    """In clips."""


async def build_speakers(settings: SpeakerSettings, store: Store, stack: AsyncExitStack) -> Voices:
    """Speaker recognition on a thread of its own, which ends with `stack`."""
    thread = Workers("speakers")
    stack.push_async_callback(asyncio.to_thread, thread.close)
    encoder = await thread.run(Encoder.load, settings.encoder)
    ear = ClipEar(encoder, thread, settings.verify_from)
    return Voices(encoder, thread, Speakers(encoder, store.voices, thread), ear)


async def _voices(settings: SpeakerSettings, store: Store, stack: AsyncExitStack) -> Voices | None:
    return await build_speakers(settings, store, stack) if settings.enabled else None


def _learning(
    voices: Voices | None,
    store: Store,
    bus: Bus,
    clock: Clock,
    health: Health,
    leaving: asyncio.Event,
) -> dict[str, Once]:
    """What goes on learning about voices beside the streams."""
    if voices is None:
        return {}
    encoder, thread = voices.encoder, voices.thread
    relearning = Relearning(store.voices, encoder, thread, health)
    own_odds = OwnOdds(store, encoder, thread, bus, clock, health)
    return {
        "voices": partial(relearning.run_once, leaving),
        "odds": partial(own_odds.run_once, leaving),
    }


def _engine_once(
    engine: Engine, ready: asyncio.Event, health: Health, leaving: asyncio.Event
) -> Callable[[], Awaitable[None]]:
    async def once() -> None:
        await engine.start()
        health.report("engine", HealthState.OK)
        ready.set()
        await leaving.wait()

    return once


async def _hint_once(engine: Engine, store: Store, bus: Bus, health: Health) -> None:
    """Offer the names of known people to the engine, now and whenever one is given."""
    with bus.subscribe("names", SpeakerRenamed) as renamed:
        engine.hint(await _known_names(store))
        health.report("names", HealthState.OK)
        async for _ in renamed:
            engine.hint(await _known_names(store))


async def _known_names(store: Store) -> list[str]:
    return sorted({voice.name for voice in await store.voices.everyone() if voice.known})


async def _serve(settings: Settings, services: Services, port: asyncio.Future[int]) -> None:
    await serve(
        create_app(services, cors_origins=settings.server.cors_origins),
        host=settings.server.host,
        port=settings.server.port,
        closing=services.closing,
        on_listening=port.set_result,
    )


async def _publisher(
    settings: MqttSettings,
    services: Services,
    leaving: asyncio.Event,
    restart: Callable[[], None],
) -> MqttPublisher:
    node_id = await services.store.values.get(NODE_KEY)
    if node_id is None:
        node_id = uuid.uuid4().hex[:8]
        await services.store.values.set(NODE_KEY, node_id)
    return MqttPublisher(
        mqtt_config(settings),
        node_id=node_id,
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
    )


def mqtt_config(settings: MqttSettings) -> MqttConfig:
    """Where the broker is, as the settings say. `settings.host` must be set."""
    return MqttConfig(
        host=settings.host or "",
        port=settings.port,
        username=settings.username,
        password=settings.password.get_secret_value() if settings.password else None,
        tls=settings.tls,
        topic=settings.topic,
        discovery_prefix=settings.discovery_prefix,
        partials=settings.partials,
    )
