"""`wallflower doctor` beside real cameras, brokers and damage."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

from tests.cli.child import Finished, complaint, wallflower
from tests.speakers.tiny import tiny
from tests.support.mosquitto import free_port, mosquitto
from tests.support.rtsp import make_media, rtsp_server
from tests.support.whisperlive import local_server
from wallflower.cli.doctor.checks import Patient, disk
from wallflower.cli.doctor.findings import Finding, Verdict, as_text
from wallflower.runtime.inference import devices
from wallflower.settings import Settings

SECRET = "s3cret-Word"


async def _doctor(home: Path, settings: dict[str, Any]) -> tuple[Finished, dict[str, list[str]]]:
    """What it says about `settings`: the sentences by check, each after its verdict."""
    (home / "house.yaml").write_text(json.dumps(settings))
    args = ("doctor", "--json", "--config", "house.yaml", "--data", "kept")
    finished = await asyncio.to_thread(wallflower, *args, home=home)
    assert SECRET not in finished.stdout + finished.stderr
    found: dict[str, list[str]] = {}
    for row in json.loads(finished.stdout)["findings"]:
        assert row.keys() == {"check", "verdict", "detail"}
        found.setdefault(row["check"], []).append(f"{row['verdict']}: {row['detail']}")
    return finished, found


async def test_a_healthy_house(tmp_path: Path) -> None:
    media = await asyncio.to_thread(make_media, tmp_path / "hall.mkv", seconds=20)
    async with (
        mosquitto(tmp_path, users={"anna": SECRET}) as broker,
        rtsp_server({"/hall": media}, credentials=f"anna:{SECRET}") as camera,
    ):
        mqtt = {"host": broker.host, "port": broker.port, "username": "anna", "password": SECRET}
        streams = [{"name": "Hall", "url": camera.url("/hall", f"anna:{SECRET}")}]
        finished, found = await _doctor(tmp_path, {"mqtt": mqtt, "streams": streams})
    assert (finished.returncode, finished.stderr) == (0, "")
    assert {"ffmpeg", "speech", "speakers", "disk", "database", "broker", "camera"} <= found.keys()
    assert not any(said.startswith("problem") for rows in found.values() for said in rows)
    assert found["camera"][0].startswith("ok: Hall: aac, 16000 Hz")
    # Every model says where it computes.
    assert re.search(r", on (cpu|cuda) in \w+$", found["speech"][0])
    assert found["detector"] == ["ok: voice detector Silero, on cpu"]
    assert re.search(r"^ok: speaker encoder ge2e-resemblyzer 0.1.4, on \w+$", found["speakers"][0])


async def test_cameras_and_a_broker_that_refuse(tmp_path: Path) -> None:
    mute = await asyncio.to_thread(make_media, tmp_path / "mute.mkv", seconds=20, audio=None)
    async with (
        mosquitto(tmp_path, users={"anna": SECRET}) as broker,
        rtsp_server({"/mute": mute}, credentials=f"anna:{SECRET}") as camera,
    ):
        mqtt = {"host": broker.host, "port": broker.port, "username": "x", "password": SECRET * 2}
        streams = [
            {"name": "Mute", "url": camera.url("/mute", f"anna:{SECRET}")},
            {"name": "Shut", "url": camera.url("/mute", f"anna:{SECRET}-not")},
            {"name": "Gone", "url": f"rtsp://anna:{SECRET}@127.0.0.1:{free_port()}/x"},
        ]
        finished, found = await _doctor(tmp_path, {"mqtt": mqtt, "streams": streams})
    assert finished.returncode == 1
    (refused,) = found["broker"]
    assert refused.startswith("problem:")
    assert "mqtt.password" in refused
    rows, words = found["camera"], ("sound", "password", "Nothing listens")
    for row, name, word in zip(rows, ("Mute", "Shut", "Gone"), words, strict=True):
        assert row.startswith(f"problem: {name}: "), row
        assert word in row


async def test_what_is_missing(tmp_path: Path) -> None:
    database = tmp_path / "kept/wallflower.db"
    database.parent.mkdir()
    damaged = b"no database, " * 999
    database.write_bytes(damaged)
    settings = {
        "capture": {"ffmpeg": "/none/ffmpeg"},
        "asr": {"model": "./none"},
        "mqtt": {"host": "127.0.0.1", "port": free_port()},
    }
    finished, found = await _doctor(tmp_path, settings)
    assert finished.returncode == 1
    assert found["ffmpeg"][0].startswith("problem: The configured FFmpeg '/none/ffmpeg'")
    assert found["models"][0].startswith("problem: There is no folder none")
    assert "cannot be reached" in found["broker"][0]
    assert found["database"][0].startswith("problem: The database")
    # It only looks: setting damage aside is for the house to do.
    assert (list(database.parent.iterdir()), database.read_bytes()) == ([database], damaged)


async def test_the_encoder_and_the_device_of_the_settings(tmp_path: Path) -> None:
    tiny(tmp_path / "other", "waveform")
    away = next(name for name in ("cuda", "openvino") if name not in devices("auto"))
    finished, found = await _doctor(
        tmp_path, {"speakers": {"encoder": "./other", "device": away}, "asr": {"device": "cpu"}}
    )
    assert finished.returncode == 0, finished.stdout
    (said,) = found["speakers"]
    assert said.startswith("warning: speaker encoder tiny waveform 1, on cpu, since it cannot use ")
    assert found["speech"][0].endswith(", on cpu in int8")


async def test_an_encoder_that_is_not_wanted_is_not_looked_at(tmp_path: Path) -> None:
    speakers = {"encoder": "./none", "enabled": False}
    finished, found = await _doctor(tmp_path, {"speakers": speakers})
    assert finished.returncode == 0, finished.stdout
    assert "speakers" not in found
    assert "speech" in found


async def test_whisperlive_servers(tmp_path: Path) -> None:
    async with local_server() as server:
        away = f"ws://127.0.0.1:{free_port()}"
        asr = {"model": "tiny.en", "whisperlive": {"urls": [server.url, away]}}
        finished, found = await _doctor(tmp_path, {"asr": asr})
    assert finished.returncode == 1
    fine, gone = found["whisperlive"]
    assert re.fullmatch(r"ok: 127\.0\.0\.1:\d+ wrote a sentence in [\d.]+ s", fine)
    assert gone.startswith("problem: The WhisperLive server at 127.0.0.1:")
    assert "cannot be reached" in gone


async def test_a_local_server_that_is_not_installed(tmp_path: Path) -> None:
    asr = {"model": "tiny.en", "whisperlive": {"local": True, "folder": "./none"}}
    finished, found = await _doctor(tmp_path, {"asr": asr})
    assert finished.returncode == 1
    (missing,) = found["whisperlive"]
    assert missing.startswith("problem: The WhisperLive server is not installed in none; run")


async def test_little_room_on_the_disk(tmp_path: Path) -> None:
    (finding,) = await disk(Patient(Settings(), tmp_path, spare_bytes=1 << 62))
    assert finding.verdict is Verdict.PROBLEM
    assert str(tmp_path) in finding.detail


def test_text_counts_what_to_mend() -> None:
    findings = [Finding("a", Verdict.OK, "There."), Finding("b", Verdict.PROBLEM, "Gone.")]
    assert as_text(findings).splitlines() == [
        "ok    a            There.",
        "FAIL  b            Gone.",
        "",
        "1 thing to mend.",
    ]
    assert as_text(findings, colour=True).count("\x1b[31mFAIL\x1b[0m") == 1


def test_wrong_settings_end_it(tmp_path: Path) -> None:
    assert "none.yaml" in complaint(wallflower("doctor", "--config", "none.yaml", home=tmp_path), 2)


async def test_a_broker_that_lets_in_and_passes_nothing_on(tmp_path: Path) -> None:
    acl = ["user anna", "topic readwrite wallflower/#"]
    async with mosquitto(tmp_path, users={"anna": SECRET}, acl=acl) as broker:
        mqtt = {"host": broker.host, "port": broker.port, "username": "anna", "password": SECRET}
        finished, found = await _doctor(tmp_path, {"mqtt": mqtt})
    assert finished.returncode == 1
    (said,) = found["broker"]
    assert said.startswith("problem:")
    assert "read and write wallflower/# and homeassistant/#" in said


async def test_keywords_that_cannot_be_heard(tmp_path: Path) -> None:
    streams = [{"name": "Hall", "url": f"rtsp://127.0.0.1:{free_port()}/x"}]
    rows: list[Any] = ["help", {"phrase": "fire", "streams": ["hall", "Attic"]}]
    _, found = await _doctor(tmp_path, {"streams": streams, "alerts": {"keywords": rows}})
    (lost,) = found["keywords"]
    assert lost.startswith("warning:")
    assert "'Attic'" in lost
    finished, found = await _doctor(tmp_path, {"alerts": {"keywords": ["!?"]}})
    assert finished.returncode == 1
    assert found["keywords"] == [
        "problem: alerts.keywords: nobody can say '!?'; write letters or digits."
    ]
