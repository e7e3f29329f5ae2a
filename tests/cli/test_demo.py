"""`wallflower demo` as a process of its own, with real cameras and brokers."""

from __future__ import annotations

import asyncio
import signal
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiomqtt
import pytest

from tests.cli.child import SCENE, WALLFLOWER, environment
from tests.support.mosquitto import free_port, mosquitto, retained
from tests.support.rtsp import make_media, rtsp_server
from wallflower.cli.demo.command import _settings
from wallflower.cli.demo.watch import free_topic
from wallflower.publish import FoundBroker

MARK = "WALLFLOWER_DEMO_TEST"
"""In the environment of a demo and so of everything it starts."""


@asynccontextmanager
async def _demo(home: Path, *args: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A demo that runs with `args`; on leaving, nothing it started may be left."""
    child = await asyncio.create_subprocess_exec(
        *(*WALLFLOWER, "demo", *args),
        cwd=home,
        env=environment(home, **{MARK: str(home)}),
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        async with asyncio.timeout(90):
            yield child
        assert await asyncio.to_thread(_left, home) == []
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


def _left(home: Path) -> list[str]:
    """Processes of the demo in `home`, by what /proc knows."""
    left = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={home}\0".encode() in (process / "environ").read_bytes():
                left.append((process / "cmdline").read_text())
        except OSError:
            continue  # ended meanwhile
    return left


async def _output(child: asyncio.subprocess.Process) -> tuple[str, str]:
    out, err = await child.communicate()
    assert b"Traceback" not in err, err.decode()
    return out.decode(), err.decode()


async def test_leaves_the_topics_of_a_house_on_the_same_broker_alone(tmp_path: Path) -> None:
    async with mosquitto(tmp_path) as broker:
        async with aiomqtt.Client("127.0.0.1", broker.port) as house:
            await house.publish("wallflower/status", "online", qos=1, retain=True)
        assert await free_topic("127.0.0.1", broker.port) == "wallflower-demo"
        async with aiomqtt.Client("127.0.0.1", broker.port) as house:
            await house.publish("wallflower/status", "offline", qos=1, retain=True)
        assert await free_topic("127.0.0.1", broker.port) == "wallflower"


def test_the_demo_is_as_its_user_set_it_but_for_the_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in {"HOST": "elsewhere", "PASSWORD": "secret", "SNAPSHOTS": "true"}.items():
        monkeypatch.setenv(f"WALLFLOWER_MQTT__{key}", value)
    found = FoundBroker("127.0.0.1", 18830, embedded=False)
    mqtt = _settings([], found, "wallflower-demo", 8757).mqtt
    assert (mqtt.host, mqtt.port, mqtt.topic) == ("127.0.0.1", 18830, "wallflower-demo")
    assert (mqtt.password, mqtt.snapshots) == (None, True)


async def test_shows_the_scene_on_a_broker_of_its_own(tmp_path: Path) -> None:
    port = str(free_port())
    async with _demo(tmp_path, "--seconds", "12", "--mqtt-port", port) as child:
        out, err = await _output(child)
    assert (child.returncode, err) == (0, "")
    assert f"127.0.0.1:{port} (amqtt, embedded)" in out
    for camera in ("kitchen", "hall"):
        rows = [row for row in out.splitlines() if f" {camera} " in row]
        assert any(" Voice 1 " in row and "garden shed" in row for row in rows), out
    assert "spoken by Voice 1" in out.splitlines()[-1]


async def test_leaves_no_trace_at_somebodys_broker(tmp_path: Path) -> None:
    media = tmp_path / "scene.mkv"
    await asyncio.to_thread(make_media, media, seconds=50, speech=SCENE, video=None)
    async with mosquitto(tmp_path) as broker, rtsp_server({"/hall": media}) as camera:
        args = ("--mqtt-port", str(broker.port), camera.url("/hall"))
        async with _demo(tmp_path, *args) as child:
            assert child.stdout is not None
            while b" Voice 1 " not in (row := await child.stdout.readline()):
                assert row, "it ended without a line"
            there = await retained(broker.port)
            assert any(topic.startswith("homeassistant/device/") for topic in there)
            child.send_signal(signal.SIGINT)
            out, err = await _output(child)
        assert (child.returncode, err) == (0, "")
        assert "spoken by Voice 1" in out.splitlines()[-1]
        assert await retained(broker.port) == {}


async def test_a_camera_that_is_down(tmp_path: Path) -> None:
    url = f"rtsp://anna:s3cret@127.0.0.1:{free_port()}/x"
    args = (url, "--seconds", "2", "--mqtt-port", str(free_port()))
    async with _demo(tmp_path, *args) as child:
        out, err = await _output(child)
    assert child.returncode == 1
    assert out.count("Nothing listens at 127.0.0.1") == 1
    (complaint,) = err.splitlines()
    assert complaint.startswith("wallflower: No line with a speaker came out. camera_1: Nothing")
    assert "s3cret" not in out + err
