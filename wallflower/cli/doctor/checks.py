"""The checks, each against the real thing. A `WallflowerError` out of one is its finding."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from wallflower.alerts.keywords import keywords_of, lost_streams
from wallflower.api.page import PAGE
from wallflower.asr.embedded import find_model
from wallflower.asr.embedded.weights import load
from wallflower.asr.whisperlive import WhisperLiveConfig, try_servers
from wallflower.asr.whisperlive.config import server_name
from wallflower.asr.whisperlive.local import find_server
from wallflower.audio import SileroModel
from wallflower.capture import check_ffmpeg, find_ffmpeg, probe
from wallflower.cli.doctor.findings import Finding, Verdict
from wallflower.domain.errors import DatabaseDamaged, WallflowerError
from wallflower.domain.streams import StreamSpec, slug
from wallflower.domain.urls import redact
from wallflower.engines import server_folder, whisperlive_config
from wallflower.homeassistant import Supervisor
from wallflower.publish import broker_finder, try_broker
from wallflower.runtime.clock import SystemClock
from wallflower.runtime.inference import CPU
from wallflower.settings import Settings
from wallflower.speakers import Encoder
from wallflower.store import Store, find_damage

SPARE_BYTES: Final = 1_000_000_000
"""With less room than this a busy house soon has a full disk."""

SERVER_S: Final = 30.0
"""How long a server may take for a sentence: it may have to load its model first."""


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined."""

    settings: Settings
    data: Path
    spare_bytes: int = SPARE_BYTES
    supervisor: Supervisor | None = None
    """Home Assistant's, where it keeps us as an app."""

    @property
    def database(self) -> Path:
        return self.data / "wallflower.db"


async def ffmpeg(patient: Patient) -> list[Finding]:
    program = find_ffmpeg(patient.settings.capture.ffmpeg)
    version = await check_ffmpeg(program)
    return [Finding("ffmpeg", Verdict.OK, f"FFmpeg {version} at {program}")]


async def models(patient: Patient) -> list[Finding]:
    """Every model, and where it computes."""
    asr, speakers = patient.settings.asr, patient.settings.speakers
    folder = find_model(asr.model, patient.data / "models", asr.language)
    speech = (await asyncio.to_thread(load, folder, device=asr.device)).placement
    SileroModel.load()
    findings = [
        _on("speech", f"speech model at {folder}", speech, speech.why_not_cuda),
        _on("detector", "voice detector Silero", CPU),
    ]
    if speakers.enabled:
        encoder = await asyncio.to_thread(Encoder.load, speakers.encoder, speakers.device)
        findings.append(
            _on("speakers", f"speaker encoder {encoder.name}", encoder.device, encoder.why_cpu)
        )
    return findings


def _on(check: str, model: str, place: object, why_not: str | None = None) -> Finding:
    if why_not is None:
        return Finding(check, Verdict.OK, f"{model}, on {place}")
    detail = f"{model}, on {place}, since {why_not.rstrip('.')}."
    return Finding(check, Verdict.WARNING, detail)


async def whisperlive(patient: Patient) -> list[Finding]:
    """Every server, and the environment of the local one; nothing where none is set."""
    asr = patient.settings.asr
    if asr.engine == "embedded" or not asr.whisperlive.configured:
        return []
    findings: list[Finding] = []
    if asr.whisperlive.local:
        folder = server_folder(asr.whisperlive, patient.data)
        await asyncio.to_thread(find_server, folder)
        findings.append(Finding("whisperlive", Verdict.OK, f"local server in {folder}"))
    if asr.whisperlive.elsewhere:
        config = whisperlive_config(asr)
        findings += await asyncio.gather(
            *(_server(replace(config, urls=(u,))) for u in config.urls)
        )
    return findings


async def _server(config: WhisperLiveConfig) -> Finding:
    (url,) = config.urls
    try:
        took_s = await try_servers(replace(config, patience_s=SERVER_S), SystemClock())
    except WallflowerError as error:
        return Finding("whisperlive", Verdict.PROBLEM, str(error))
    name = server_name(url)
    return Finding("whisperlive", Verdict.OK, f"{name} wrote a sentence in {took_s:.1f} s")


async def disk(patient: Patient) -> list[Finding]:
    free = (await asyncio.to_thread(shutil.disk_usage, patient.data)).free
    room = f"{free / 1e9:.1f} GB free in {patient.data}"
    if free < patient.spare_bytes:
        detail = f"Only {room}; make space, or lines soon cannot be kept."
        return [Finding("disk", Verdict.PROBLEM, detail)]
    return [Finding("disk", Verdict.OK, room)]


async def database(patient: Patient) -> list[Finding]:
    path = patient.database
    if not path.is_file():
        return [Finding("database", Verdict.OK, f"none yet; it will be made at {path}")]
    if (damage := await asyncio.to_thread(find_damage, path)) is not None:
        raise DatabaseDamaged(
            f"The database {path} is damaged ({damage}); the next start sets it aside and "
            "carries over what can be read."
        )
    store = await Store.open(path, clock=SystemClock())
    await store.close()
    return [Finding("database", Verdict.OK, str(path))]


async def broker(patient: Patient) -> list[Finding]:
    find = broker_finder(patient.settings.mqtt, patient.supervisor)
    if find is None:
        return [Finding("broker", Verdict.WARNING, "No MQTT: mqtt.host is not set.")]
    config = await find()
    await try_broker(config)
    return [Finding("broker", Verdict.OK, f"MQTT broker at {config.address}")]


async def keywords(patient: Patient) -> list[Finding]:
    """What is wrong with them; nothing where none are set."""
    wanted = keywords_of(patient.settings.alerts)
    if not wanted:
        return []
    streams = [
        StreamSpec(slug(stream.name, ()), stream.name, stream.url)
        for stream in patient.settings.streams
    ]
    lost = list(lost_streams(wanted, [*streams, *await _kept(patient)]))
    if lost:
        return [Finding("keywords", Verdict.WARNING, sentence) for sentence in lost]
    return [Finding("keywords", Verdict.OK, f"{len(wanted)} to listen for")]


async def page(_patient: Patient) -> list[Finding]:
    if not (PAGE / "index.html").is_file():
        detail = "The web page is not built; install Wallflower again with Node on the PATH."
        return [Finding("page", Verdict.WARNING, detail)]
    return [Finding("page", Verdict.OK, "built")]


async def cameras(patient: Patient) -> list[Finding]:
    """Every stream that is kept or in the settings, all at once."""
    urls = {stream.name: stream.url for stream in patient.settings.streams}
    urls.update({spec.name: spec.url for spec in await _kept(patient) if spec.enabled})
    if not urls:
        return [Finding("cameras", Verdict.WARNING, "No stream yet; add one on the page.")]
    program = find_ffmpeg(patient.settings.capture.ffmpeg)
    return list(await asyncio.gather(*(_camera(name, url, program) for name, url in urls.items())))


async def _camera(name: str, url: str, program: str) -> Finding:
    try:
        tracks = await probe(url, ffmpeg=program, clock=SystemClock())
    except WallflowerError as error:
        return Finding("camera", Verdict.PROBLEM, f"{name}: {error}")
    if tracks.audio is None:
        detail = f"{name}: {redact(url)} sends no sound; switch the camera's microphone on."
        return Finding("camera", Verdict.PROBLEM, detail)
    sound = f"{tracks.audio.codec}, {tracks.audio.sample_rate} Hz"
    return Finding("camera", Verdict.OK, f"{name}: {sound} from {redact(url)}")


async def _kept(patient: Patient) -> list[StreamSpec]:
    path = patient.database
    if not path.is_file() or await asyncio.to_thread(find_damage, path) is not None:
        return []
    store = await Store.open(path, clock=SystemClock())
    try:
        return await store.streams.all()
    finally:
        await store.close()


CHECKS: Final[Mapping[str, Callable[[Patient], Awaitable[list[Finding]]]]] = {
    "ffmpeg": ffmpeg,
    "models": models,
    "whisperlive": whisperlive,
    "disk": disk,
    "database": database,
    "broker": broker,
    "keywords": keywords,
    "page": page,
    "cameras": cameras,
}
"""In the order in which things are best mended."""
