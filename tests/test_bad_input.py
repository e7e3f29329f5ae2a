"""What goes wrong at a user's, seen where the user looks: API, log, command line, doctor.

Each trouble is proved in depth beside the stage that meets it; here, that its sentence arrives,
that the rest goes on, and that nothing stored is lost.

| trouble | here: `test_…` | in depth |
|---|---|---|
| malformed URL | `a_malformed_url…` (both) | api/test_streams.py, settings |
| host down | `each_camera_says…` | capture/test_run_failures.py, house |
| wrong password | `each_camera_says…`, `no_password…` | the same two |
| no audio, video only | `each_camera_says…` | capture/test_run_failures.py, api/test_probe.py |
| audio late, rate changes | `a_camera_in_order…` (late) | capture/test_run_listen.py |
| broker that refuses | `the_parts_say…` | publish/test_connection.py, test_mqtt.py |
| full disk | `on_a_full_disk…` | store/test_connection.py, test_committer.py |
| corrupt database | `the_parts_say…`, `lines_of_a_damaged…` | store/salvage |
| missing model | `the_parts_say…`, `a_camera_in_order…` | asr/embedded/test_model.py |
| all of them, beforehand | `the_doctor…` | |
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.store.lines import line
from tests.support.child import house, run_to_end, write_settings
from tests.support.mosquitto import free_port, mosquitto
from tests.support.page import Json, Page, page
from tests.support.rtsp import make_media, rtsp_server
from tests.support.scene import TRUTH, cut, wer
from wallflower.app import EDGES_S
from wallflower.runtime.clock import SystemClock
from wallflower.store import Store

pytestmark = [pytest.mark.peer, pytest.mark.timeout(180)]

KEPT = 300
"""Lines in the database before it is damaged."""


@dataclass
class BadDay:
    """A house in which nearly everything is wrong at once."""

    doctor_status: int = 0
    doctor: list[Json] = field(default_factory=list)
    health: Json = field(default_factory=dict)
    streams: dict[str, Json] = field(default_factory=dict)
    """The status of each stream by its id."""
    lines: list[str] = field(default_factory=list)
    """Texts that the API still gives, newest first."""
    refused: httpx.Response | None = None
    """The answer to a malformed URL."""
    exit_status: int | None = None
    exit_s: float = 0.0
    log: list[str] = field(default_factory=list)

    def part(self, name: str) -> Json:
        (part,) = [part for part in self.health["parts"] if part["part"] == name]
        return part  # type: ignore[no-any-return]

    def found(self, check: str) -> str:
        """What the doctor found wrong by `check`."""
        (finding,) = [f for f in self.doctor if (f["check"], f["verdict"]) == (check, "problem")]
        return str(finding["detail"])


@pytest.fixture(scope="module")
def bad_day(tmp_path_factory: pytest.TempPathFactory) -> BadDay:
    folder = tmp_path_factory.mktemp("bad_day")
    mute = make_media(folder / "mute.mkv", seconds=30, audio=None)
    late = make_media(folder / "late.mkv", seconds=60, audio_starts_s=2.5)
    return asyncio.run(live_through(folder, mute, late))


async def live_through(folder: Path, mute: Path, late: Path) -> BadDay:
    day = BadDay()
    (folder / "data").mkdir()
    await damaged_database(folder / "data" / "wallflower.db")
    async with AsyncExitStack() as stack:
        cameras = await stack.enter_async_context(
            rtsp_server({"/mute": mute, "/late": late}, credentials="anna:s3cret")
        )
        broker = await stack.enter_async_context(mosquitto(folder, users={"anna": "right"}))
        urls = {
            "Down": f"rtsp://127.0.0.1:{free_port()}/hall",
            "Locked": cameras.url("/late", "anna:gu3ss"),
            "Mute": cameras.url("/mute", "anna:s3cret"),
            "Late": cameras.url("/late", "anna:s3cret"),
        }
        settings = {
            "mqtt": {
                "host": broker.host,
                "port": broker.port,
                "username": "anna",
                "password": "wr0ng",
            },
            "asr": {"model": str(folder / "no-model")},
            "streams": [{"name": name, "url": url} for name, url in urls.items()],
        }
        config = write_settings(folder / "doctor.yaml", settings)
        day.doctor_status, out, _ = await run_to_end(
            folder, "doctor", "--json", "--config", str(config), "--data", str(folder / "data")
        )
        day.doctor = json.loads(out)["findings"]

        child = await stack.enter_async_context(house(folder, settings))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=child.url, timeout=10))
        async with page(client) as opened:
            await opened.until(lambda: "mqtt" in parts(opened) or None)
            for stream_id, state in STATES.items():
                await reached(client, opened, stream_id, state)
        day.health = (await client.get("/api/health")).json()
        for stream_id in STATES:
            answer = (await client.get(f"/api/streams/{stream_id}")).json()
            day.streams[stream_id] = answer["status"]
        answer = (await client.get("/api/transcripts", params={"limit": KEPT})).json()
        day.lines = [item["text"] for item in answer["items"]]
        day.refused = await client.post(
            "/api/streams", json={"name": "Porch", "url": "rtsp://anna:s3cret@:99999/hall"}
        )
        loop = asyncio.get_running_loop()
        asked = loop.time()
        child.signal(signal.SIGTERM)
        day.exit_status = await child.ended()
        day.exit_s = loop.time() - asked
        day.log = child.log
    return day


STATES = {"down": "retrying", "locked": "failed", "mute": "retrying", "late": "streaming"}


async def damaged_database(path: Path) -> None:
    """`KEPT` lines, and noise over one page in the middle of them."""
    store = await Store.open(path, clock=SystemClock())
    await store.lines.commit([line(f"Line {number}.", at_s=number) for number in range(KEPT)])
    await store.close()
    await asyncio.to_thread(spoil, path)


def spoil(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2 // 4096 * 4096)
        file.write(random.Random(1).randbytes(4096))


def parts(opened: Page) -> dict[str, Json]:
    """Parts in trouble as the newest health event told."""
    told = [message.data for message in opened.messages if message.event == "health"]
    return {p["part"]: p for p in told[-1]["parts"] if p["state"] != "ok"} if told else {}


async def reached(client: httpx.AsyncClient, opened: Page, stream_id: str, state: str) -> None:
    """Wait until the stream is in `state`, unless it was there before the page was opened."""
    answer = (await client.get(f"/api/streams/{stream_id}")).json()
    if answer["status"]["state"] != state:
        await opened.status(stream_id, state)


@pytest.mark.parametrize(
    ("stream_id", "code", "words"),
    [
        ("down", "stream_unreachable", "check the port and that the camera is switched on"),
        ("locked", "stream_unauthorized", "password"),
        ("mute", "stream_without_audio", "sound"),
    ],
)
def test_each_camera_says_what_is_wrong_with_it(
    bad_day: BadDay, stream_id: str, code: str, words: str
) -> None:
    status = bad_day.streams[stream_id]
    assert (status["state"], status["code"]) == (STATES[stream_id], code)
    assert words in status["detail"]
    assert bad_day.part(f"stream:{stream_id}")["detail"] == status["detail"]


@pytest.mark.parametrize(
    ("part", "state", "code", "words"),
    [
        ("mqtt", "degraded", "broker_refused", "check mqtt.username"),
        ("engine", "failed", "model_missing", "correct asr.model"),
        ("database", "degraded", "database_damaged", "wallflower"),
    ],
)
def test_the_parts_say_what_is_wrong(
    bad_day: BadDay, part: str, state: str, code: str, words: str
) -> None:
    told = bad_day.part(part)
    assert (told["state"], told["code"]) == (state, code)
    assert words in told["detail"]
    assert any(told["detail"] in logged for logged in bad_day.log)


def test_a_camera_in_order_is_heard_all_the_same(bad_day: BadDay) -> None:
    assert bad_day.streams["late"]["state"] == "streaming"
    assert bad_day.streams["late"]["restarts"] == 0
    assert bad_day.health["status"] == "failed"
    assert bad_day.health["streams"] == {"total": 4, "online": 1}


def test_lines_of_a_damaged_database_are_kept(bad_day: BadDay) -> None:
    assert KEPT * 0.8 < len(bad_day.lines) <= KEPT
    assert set(bad_day.lines) <= {f"Line {number}." for number in range(KEPT)}


def test_a_malformed_url_is_refused_by_the_api(bad_day: BadDay) -> None:
    assert bad_day.refused is not None
    assert bad_day.refused.status_code == 422
    problem = bad_day.refused.json()
    assert problem["code"] == "bad_stream_url"
    assert "check its host and port" in problem["detail"]


def test_it_ends_in_order_all_the_same(bad_day: BadDay) -> None:
    assert bad_day.exit_status == 0
    assert bad_day.exit_s < EDGES_S, "something was waited for in vain"
    assert not [logged for logged in bad_day.log if "Traceback" in logged]


def test_no_password_is_told_to_anybody(bad_day: BadDay) -> None:
    assert bad_day.refused is not None
    told = json.dumps([bad_day.health, bad_day.streams, bad_day.doctor])
    told += bad_day.refused.text + "\n".join(bad_day.log)
    assert [secret for secret in ("s3cret", "gu3ss", "wr0ng") if secret in told] == []


def test_the_doctor_finds_all_of_it_beforehand(bad_day: BadDay) -> None:
    assert bad_day.doctor_status == 1
    assert "no-model" in bad_day.found("models")
    assert "is damaged" in bad_day.found("database")
    assert "check mqtt.username" in bad_day.found("broker")
    cameras = {
        f["detail"].split(":")[0]: f["verdict"] for f in bad_day.doctor if f["check"] == "camera"
    }
    assert cameras == {"Down": "problem", "Locked": "problem", "Mute": "problem", "Late": "ok"}


@pytest.mark.parametrize(
    ("url", "words"),
    [("hall", "rtsp://user:password@host:554/path"), ("rtsp://anna:s3cret@:0/", "names no host")],
)
async def test_a_malformed_url_in_the_settings_ends_it_at_once(
    tmp_path: Path, url: str, words: str
) -> None:
    config = write_settings(tmp_path / "house.yaml", {"streams": [{"name": "Hall", "url": url}]})
    status, _, errors = await run_to_end(tmp_path, "run", "--config", str(config))
    assert status == 2
    (sentence,) = errors
    assert "streams.0.url" in sentence
    assert words in sentence
    assert "s3cret" not in sentence


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder whose `data` is a disk of 2 MB."""
    disk = tmp_path / "data"
    disk.mkdir()
    argv = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    made = subprocess.run(argv, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        pytest.skip(f"a file system can be mounted by root only: {made.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", "--lazy", disk], check=True)


def fill(disk: Path) -> Path:
    """Write until nothing more fits; deleting the file makes room again."""
    other = disk / "other"
    with other.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1024))
        except OSError:
            return other


async def test_on_a_full_disk_lines_wait_and_none_is_lost(small_disk: Path) -> None:
    talk = await asyncio.to_thread(cut, small_disk / "talk.mkv", seconds=12.5)
    async with AsyncExitStack() as stack:
        camera = await stack.enter_async_context(rtsp_server({"/hall": talk}))
        settings = {"streams": [{"name": "Hall", "url": camera.url("/hall")}]}
        child = await stack.enter_async_context(house(small_disk, settings))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=child.url, timeout=10))
        opened = await stack.enter_async_context(page(client))
        await camera.played()
        stored = await opened.lines_until(1)

        other = await asyncio.to_thread(fill, small_disk / "data")
        trouble = await opened.until(lambda: parts(opened).get("store"))
        assert trouble["code"] == "disk_full"
        assert "wait in memory" in trouble["detail"]
        # What is stored can be read, and the camera is still listened to.
        kept = (await client.get("/api/transcripts")).json()["items"]
        assert [line["id"] for line in kept] == [line["id"] for line in stored][::-1]
        stream = (await client.get("/api/streams/hall")).json()
        assert stream["status"]["state"] == "streaming"

        _, again_s = await camera.played()
        assert opened.lines() == stored
        other.unlink()
        child.signal(signal.SIGTERM)
        assert await child.ended() == 0
    texts = said_before(small_disk / "data" / "wallflower.db", again_s)
    assert wer(texts, TRUTH[:3]) <= 0.10


def said_before(database: Path, end_s: float) -> list[str]:
    """Texts of the lines that began before the POSIX time `end_s`."""
    rows = "SELECT text FROM line WHERE start_ns < ? ORDER BY start_ns"
    with sqlite3.connect(database) as connection:
        return [text for (text,) in connection.execute(rows, (int(end_s * 1e9),))]
