"""A Home Assistant of each version, with a broker of its own, for all tests of a session."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.homeassistant.appliance import Appliance, appliance
from tests.support.homeassistant import VERSIONS, Client, Core, core
from tests.support.mosquitto import Mosquitto, listening, mosquitto, retained
from tests.support.rtsp import RtspServer, make_media, rtsp_server


@pytest.fixture(autouse=True)
def blockbuster() -> None:
    """Not here: an appliance that starts may make folders and read files before there is anybody
    to be kept waiting, and its parts are watched in their own tests."""


STREAMS = ("Hall", "Kitchen", "Porch", "Garage")


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=list(VERSIONS))
async def bench(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Mosquitto, Core]]:
    folder = tmp_path_factory.mktemp("homeassistant")
    async with mosquitto(folder) as broker:
        (folder / "core").mkdir()
        async with core(folder / "core", request.param, broker.port) as running:
            yield broker, running


@pytest.fixture(scope="session")
def broker(bench: tuple[Mosquitto, Core]) -> Mosquitto:
    return bench[0]


@pytest.fixture(scope="session")
def home(bench: tuple[Mosquitto, Core]) -> Core:
    return bench[1]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ha(broker: Mosquitto, home: Core) -> AsyncIterator[Client]:
    """A client of a Home Assistant that knows none of our devices, and has nothing to say."""
    async with home.connected() as client:
        await client.call("system_log.clear")
        yield client
    await forgotten(broker, home)


async def forgotten(broker: Mosquitto, home: Core) -> None:
    """Clear all that the broker keeps, and wait until Home Assistant has no devices of it."""
    kept = await retained(broker.port)
    async with listening(broker.port) as listener, home.connected() as client:
        ours = {entity["entity_id"] for entity in await client.entities()}
        # Devices first: an entity would complain of a state that is nothing.
        for topic in sorted(kept, key=lambda topic: not topic.startswith("homeassistant/")):
            await listener.client.publish(topic, b"", qos=1, retain=True)
        await client.until(lambda me: not ours & me.states.keys())


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def cameras(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RtspServer]:
    """Four that only beep, for four minutes each time."""
    beeps = make_media(tmp_path_factory.mktemp("cameras") / "beeps.mkv", seconds=240, video=None)
    async with rtsp_server({f"/{name.lower()}": beeps for name in STREAMS}) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(
    broker: Mosquitto,
    cameras: RtspServer,
    ha: Client,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Appliance]:
    """A Wallflower with four cameras that Home Assistant has found; nobody is named yet."""
    settings = {
        "mqtt": {"host": broker.host, "port": broker.port},
        "streams": [
            {"name": name, "url": cameras.url(f"/{name.lower()}"), "area": f"{name} area"}
            for name in STREAMS
        ],
        "alerts": {"keywords": [{"phrase": "help", "emergency": True}, {"phrase": "coffee"}]},
    }
    async with appliance(tmp_path_factory.mktemp("house"), settings) as running:
        await ha.state("binary_sensor.wallflower_engine", "on")
        await ha.state("sensor.wallflower_streams_online", str(len(STREAMS)))
        for name in STREAMS:
            await ha.state(f"sensor.{name.lower()}_state", "streaming")
            await ha.state(f"binary_sensor.{name.lower()}_speech", "off")
        yield running
