"""The demo from start to end: cameras, broker, house, and what the terminal shows."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from wallflower.app import Running
from wallflower.cli.demo.screen import Screen
from wallflower.cli.demo.watch import free_topic, watch
from wallflower.cli.exits import DONE, FAILED
from wallflower.cli.log import set_up_log
from wallflower.cli.run import run_house
from wallflower.domain.errors import BrokerError, MissingProgram, WallflowerError
from wallflower.domain.urls import check_stream_url
from wallflower.publish import FoundBroker, MqttConfig, find_or_start_broker, forget, node_id
from wallflower.runtime.process import running
from wallflower.settings import Settings, load_settings

SCENE: Final = Path(__file__).with_name("scene.mp4")
CAMERA_READY_S: Final = 20.0
ABOUT_TOPICS: Final = {"discovery_prefix", "partials", "snapshots", "retain_snapshots"}
"""Settings of MQTT that do not tell where the broker is."""


def command(options: argparse.Namespace) -> int:
    for url in options.urls:
        check_stream_url(url)
    set_up_log("error")  # the screen tells of streams in trouble
    screen = Screen(sys.stdout)
    asyncio.run(_demo(options, screen))
    screen.summary()
    if options.seconds is None or screen.lines_with_speaker:
        return DONE
    reasons = " ".join(f"{name}: {reason}" for name, reason in screen.troubles().items())
    advice = reasons or "Nobody was heard to speak; wallflower doctor may know why."
    print(f"wallflower: No line with a speaker came out. {advice}", file=sys.stderr)
    return FAILED


async def _demo(options: argparse.Namespace, screen: Screen) -> None:
    closing = asyncio.Event()
    async with AsyncExitStack() as stack:
        data = options.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        streams = await stack.enter_async_context(_cameras(options.urls))
        broker = await stack.enter_async_context(find_or_start_broker(port=options.mqtt_port))
        topic = await free_topic(broker.host, broker.port)
        settings = _settings(streams, broker, topic, _port(options.port))
        mqtt = MqttConfig.of(settings.mqtt)
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        ready = asyncio.Event()
        watching = tasks.create_task(watch(mqtt, screen, ready), name="watch")
        await ready.wait()
        traces = _Traces()

        def on_running(house: Running) -> None:
            tasks.create_task(traces.note(house), name="traces")
            names = [stream["name"] for stream in streams]
            screen.title(house.port, _describe(broker), topic, names)
            if options.seconds is not None:
                asyncio.get_running_loop().call_later(options.seconds, closing.set)

        try:
            await run_house(settings, data, on_running, closing)
        finally:
            watching.cancel()
            if not broker.embedded:
                await traces.remove(mqtt)


class _Traces:
    """What a demo leaves at somebody's own broker, to be taken away again."""

    def __init__(self) -> None:
        self._node_id: str | None = None
        self._stream_ids: tuple[str, ...] = ()

    async def note(self, house: Running) -> None:
        self._stream_ids = tuple(spec.id for spec in house.services.house.streams())
        self._node_id = await node_id(house.services.store.values)

    async def remove(self, mqtt: MqttConfig) -> None:
        if self._node_id is not None:
            # A broker that is gone is told nothing.
            with contextlib.suppress(BrokerError):
                await forget(mqtt, node_id=self._node_id, stream_ids=self._stream_ids)


def _settings(
    streams: Sequence[dict[str, str]], broker: FoundBroker, topic: str, port: int
) -> Settings:
    """The user's settings, with the demo's streams, broker, topic and port instead of theirs."""
    values = load_settings().model_dump(exclude={"streams"}, exclude_unset=True)
    values["streams"] = streams
    values.setdefault("server", {})["port"] = port
    theirs = values.get("mqtt", {})
    ours = {"host": broker.host, "port": broker.port, "topic": topic}
    values["mqtt"] = {key: theirs[key] for key in theirs.keys() & ABOUT_TOPICS} | ours
    return Settings.model_validate(values)


@asynccontextmanager
async def _cameras(urls: Sequence[str]) -> AsyncIterator[list[dict[str, str]]]:
    """The streams to listen to: `urls`, or the bundled scene played by two cameras."""
    if urls:
        yield [{"name": f"Camera {n}", "url": url} for n, url in enumerate(urls, 1)]
        return
    argv = [sys.executable, "-m", "wallflower.cli.demo.camera", str(SCENE.parent)]
    async with running(argv) as camera:
        try:
            async with asyncio.timeout(CAMERA_READY_S):
                port = int(await camera.stdout.readline())
        except (TimeoutError, ValueError):
            reason = camera.stderr_tail[-1] if camera.stderr_tail else "it said nothing"
            message = f"The demo's camera did not start ({reason}); install wallflower[demo]."
            raise MissingProgram(message) from None
        url = f"rtsp://127.0.0.1:{port}/{SCENE.name}?play_count=0"
        yield [{"name": name, "url": url} for name in ("Kitchen", "Hall")]


def _describe(broker: FoundBroker) -> str:
    kind = "amqtt, embedded" if broker.embedded else "found running"
    return f"{broker.host}:{broker.port} ({kind})"


def _port(wanted: int) -> int:
    """`wanted` if it is free, else any free port: a demo should run beside a house."""
    for port in (wanted, 0):
        try:
            with socket.create_server(("127.0.0.1", port)) as free:
                return int(free.getsockname()[1])
        except OSError:
            continue
    raise WallflowerError("No free port for the page was found on this machine.")
