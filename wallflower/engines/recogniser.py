"""The recogniser that the settings ask for, and all that keeps it going."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from wallflower.asr.contract import Engine
from wallflower.asr.embedded import find_model
from wallflower.asr.relay import Places, Relay
from wallflower.asr.whisperlive import WhisperLiveEngine
from wallflower.asr.whisperlive.local import START_S, LocalServer, find_server
from wallflower.domain.engine import EngineInfo
from wallflower.domain.errors import BadSettings, EngineFailed, ModelMissing
from wallflower.engines.asked import (
    embedded_engine,
    local_config,
    server_folder,
    whisperlive_config,
)
from wallflower.engines.watch import PART, SERVER, Watch
from wallflower.runtime.backoff import Backoff
from wallflower.runtime.clock import Clock, wait_until
from wallflower.runtime.health import Health, HealthState
from wallflower.runtime.supervisor import supervise
from wallflower.settings.schema import AsrSettings

STAND_IN: Final = "embedded engine"

SERVER_AGAIN_S: Final = 10.0
"""The longest rest of a local server that ended: nobody else waits for it, and starting one costs a
few seconds of a processor that nobody wants just then."""

_log = logging.getLogger(__name__)

RunOnce = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A recogniser for as long as its context lasts."""

    engine: Engine
    """Its owner starts it; it is closed with the context."""
    info: Callable[[], EngineInfo]


@asynccontextmanager
async def recogniser(
    settings: AsrSettings, data: Path, *, clock: Clock, health: Health, live: bool = True
) -> AsyncIterator[Recogniser]:
    """The engine of the settings; servers and stand-in behind it are kept going.

    `data` is the folder of everything that is kept. Unless `live`, good text goes before soon
    text, and the engine that is asked for writes all of it. Raises `BadSettings`.
    """
    if settings.engine == "whisperlive" and not settings.whisperlive.configured:
        raise BadSettings(
            "asr.engine is whisperlive, but no server is set; set asr.whisperlive.url, or "
            "asr.whisperlive.local to run one on this machine."
        )
    async with AsyncExitStack() as stack:
        if settings.engine == "embedded" or not settings.whisperlive.configured:
            embedded = embedded_engine(settings, data, live=live)
            stack.push_async_callback(embedded.close)
            yield Recogniser(
                embedded, lambda: EngineInfo(embedded.name, embedded.ready, embedded.backlog_s)
            )
        elif live:
            yield await _relayed(settings, data, clock, health, stack)
        else:
            yield await _servers_alone(settings, data, clock, health, stack)


async def _servers_alone(
    settings: AsrSettings, data: Path, clock: Clock, health: Health, stack: AsyncExitStack
) -> Recogniser:
    local = _local(settings, data, clock, stack)
    config = whisperlive_config(settings, local.url if local else None, live=False)
    engine = WhisperLiveEngine(config, clock=clock)
    if local is not None:
        await asyncio.to_thread(find_server, server_folder(settings.whisperlive, data))
        await stack.enter_async_context(_kept({SERVER: local.run_once}, clock, health))
        await wait_until(local.listening, START_S, clock)
    stack.push_async_callback(engine.close)
    return Recogniser(engine, engine.info)


async def _relayed(
    settings: AsrSettings, data: Path, clock: Clock, health: Health, stack: AsyncExitStack
) -> Recogniser:
    second = None
    if await asyncio.to_thread(_may_stand_in, settings, data):
        second = embedded_engine(settings, data, live=True)
    local = _local(settings, data, clock, stack)
    changed = asyncio.Event()
    config = whisperlive_config(settings, local.url if local else None)
    first = WhisperLiveEngine(config, clock=clock, on_change=changed.set)
    relay = Relay(first, second, clock=clock, places=Places(clock))

    watch = Watch(relay, local, changed=changed, clock=clock, health=health)
    parts: dict[str, RunOnce] = {PART: watch.run_once}
    tried = asyncio.Event()
    if second is None:
        tried.set()
    else:
        parts[STAND_IN] = partial(_stand_in_once, second, health, tried)
    if local is not None:

        def listening() -> None:
            health.report(SERVER, HealthState.OK)
            first.look()

        local.on_listening = listening
        parts[SERVER] = partial(_server_once, local, tried, first.look)
    await stack.enter_async_context(_kept(parts, clock, health))
    stack.push_async_callback(relay.close)
    return Recogniser(
        relay,
        lambda: EngineInfo(
            relay.name, relay.ready, relay.backlog_s, relay.servers(), relay.taken_over
        ),
    )


def _local(
    settings: AsrSettings, data: Path, clock: Clock, stack: AsyncExitStack
) -> LocalServer | None:
    if not settings.whisperlive.local:
        return None
    local = LocalServer(local_config(settings, data), clock)
    stack.callback(local.close)
    return local


@asynccontextmanager
async def _kept(parts: Mapping[str, RunOnce], clock: Clock, health: Health) -> AsyncIterator[None]:
    """Keep every part going, each under a supervisor of its own."""
    tasks = [
        asyncio.create_task(
            supervise(part, once, clock=clock, health=health, backoff=_backoff(part)), name=part
        )
        for part, once in parts.items()
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def _backoff(part: str) -> Backoff:
    return Backoff(cap_s=SERVER_AGAIN_S) if part == SERVER else Backoff()


async def _stand_in_once(second: Engine, health: Health, tried: asyncio.Event) -> None:
    """Load the embedded engine now, so that it takes over without delay and without internet.

    That costs 120 MB with tiny.en. Loaded only when needed it would be seconds late just when
    somebody talks, or minutes where its model must be fetched, if that can be done at all then.
    """
    try:
        await second.start()
    except ModelMissing as error:
        # Nothing that needs a person, since WhisperLive writes; perhaps it can be fetched later.
        raise EngineFailed(str(error)) from error
    finally:
        tried.set()
    health.report(STAND_IN, HealthState.OK)
    await asyncio.Future()


async def _server_once(local: LocalServer, tried: asyncio.Event, look: Callable[[], None]) -> None:
    # Both engines may have to fetch the same model, and want processors: one after the other.
    await tried.wait()
    try:
        await local.run_once()
    finally:
        # It is gone; whoever would be asked next should know.
        look()


def _may_stand_in(settings: AsrSettings, data: Path) -> bool:
    """Whether embedded takes over: `auto` fetches a model for that, `whisperlive` does not."""
    if settings.engine == "auto":
        return True
    try:
        find_model(settings.model, data / "models", settings.language)
    except ModelMissing:
        _log.info("There is no model for the embedded engine: without WhisperLive speech waits.")
        return False
    return True
