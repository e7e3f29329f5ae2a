"""The measurements. Each drives a real house against real peers and gives its figures."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from wallflower.asr.whisperlive.local import find_server
from wallflower.cli.bench import media
from wallflower.cli.bench.figures import Figure, percentile
from wallflower.cli.bench.house import House, house
from wallflower.cli.bench.meter import Use, children, use
from wallflower.cli.bench.peers import Cameras, broker, cameras
from wallflower.engines import server_folder
from wallflower.settings.schema import WhisperLiveSettings

MATCH_S: Final = 0.8
"""A line belongs to a truth's end this close to its own; farther ends were cut or joined."""

SETTLE_S: Final = 8.0
"""How long the last lines get to arrive: later ones are too late anyway."""

Figures = tuple[list[Figure], list[str]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where and with what to measure."""

    folder: Path
    ffmpeg: str
    recording: Path | None
    """Talk to play in `latency` instead of the bundled scene."""


@asynccontextmanager
async def _house_of(
    place: Place,
    files: Mapping[str, Path],
    *,
    partials: bool = False,
    whisperlive: Mapping[str, Any] | None = None,
) -> AsyncIterator[tuple[House, Cameras]]:
    """A house that listens to one camera per entry of `files`."""
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(broker())
        mounts = {f"/{name}": file for name, file in files.items()}
        server = await stack.enter_async_context(cameras(mounts))
        data = place.folder / f"house-{time.monotonic_ns()}"
        data.mkdir()
        urls = {name: server.url(f"/{name}") for name in files}
        running = await stack.enter_async_context(
            house(data, port, urls, partials=partials, whisperlive=whisperlive)
        )
        yield running, server


async def latency(place: Place, streams: int = 4, seconds: float | None = None) -> Figures:
    """End of speech, as the recording's truth has it, to the line's arrival at a subscriber."""
    talk = (
        media.recording(place.ffmpeg, place.recording)
        if place.recording
        else media.scene(place.ffmpeg)
    )
    file = media.write(place.ffmpeg, talk.pcm, place.folder / "talk.mkv")
    files = {f"cam{n}": file for n in range(streams)}
    length_s = seconds or len(talk.pcm) / 16_000
    async with _house_of(place, files, partials=True) as (running, server):
        await running.listening(streams)
        last = max(server.began.values()) + length_s + 4.0
        await asyncio.sleep(max(0.0, last - time.time()))
        delays = []
        for line in running.lines:
            began = server.began[f"/{line.stream}"]
            nearest = min((began + end for end in talk.ends_s), key=lambda e: abs(e - line.end))
            if abs(nearest - line.end) <= MATCH_S:
                delays.append(line.arrived - nearest)
        lines = len(running.lines)
    p95 = percentile(delays, 0.95)
    what = f"end of speech to line on MQTT, {streams} streams"
    measured = f"p95 {p95:.2f} s, median {percentile(delays, 0.5):.2f} s"
    note = f"{len(delays)} of {lines} lines end where the truth has an end; partials on"
    return [Figure(what, measured, "p95 <= 1.5 s", p95 <= 1.5)], [note]


async def talkers(place: Place, streams: int = 16, seconds: float | None = None) -> Figures:
    """Streams on which one person talks without pause: do lines keep up, is anything lost?

    The delay is from a line's end to its arrival. Several people taking turns without any pause
    wait longer: their lines come together, when the utterance they share ends.
    """
    length_s = seconds or 60.0
    people = media.monologues(place.ffmpeg, length_s + 60.0)
    files: dict[str, Path] = {}
    for number in range(streams):
        # A house does not talk in step: every stream is somewhere else in its talk.
        person = people[number % len(people)]
        talk = np.roll(person, -(number * len(person) // streams))
        files[f"cam{number}"] = media.write(place.ffmpeg, talk, place.folder / f"{number}.mkv")
    async with _house_of(place, files) as (running, _):
        await running.listening(streams)
        before, began = use(running.pid), time.time()
        await asyncio.sleep(length_s)
        spent = use(running.pid).cpu_s - before.cpu_s
        until = time.time()
        measured_lines = [line for line in running.lines if line.arrived >= began + 10.0]
        delays = [line.arrived - line.end for line in measured_lines]
        dropped = sum(h.get("dropped_s", 0.0) for h in running.health.values())
        silent = streams - len({line.stream for line in measured_lines})
    p95 = percentile(delays, 0.95)
    met = p95 <= 3.0 and not dropped and not silent
    measured = f"p95 {p95:.2f} s, {dropped:.0f} s dropped"
    notes = [
        f"median {percentile(delays, 0.5):.2f} s, max {max(delays, default=0):.2f} s",
        f"{len(delays)} lines in {until - began:.0f} s; {silent} streams without lines",
        f"house without its FFmpegs: {spent / (until - began) * 100:.0f} % of a core",
    ]
    what = f"{streams} streams talking without pause"
    return [Figure(what, measured, "p95 <= 3 s, no drop", met)], notes


async def idle(place: Place, streams: int = 8, seconds: float | None = None) -> Figures:
    """What a quiet 1080p camera costs: its FFmpeg, and its share of the house."""
    length_s = seconds or 60.0
    pcm = media.room(length_s + 90.0)
    file = media.write(place.ffmpeg, pcm, place.folder / "idle.mkv", picture="1920x1080")
    empty = await _used(place, {}, min(length_s, 20.0))
    full = await _used(place, {f"cam{n}": file for n in range(streams)}, length_s)
    cpu = (full.house.cpu_s / full.seconds - empty.house.cpu_s / empty.seconds) / streams
    ffmpeg_cpu = full.ffmpegs.cpu_s / full.seconds / streams
    rss = (full.house.rss_mb - empty.house.rss_mb + full.ffmpegs.rss_mb) / streams
    pss = (full.house.pss_mb - empty.house.pss_mb + full.ffmpegs.pss_mb) / streams
    share = (cpu + ffmpeg_cpu) * 100
    figures = [
        Figure(
            "idle stream with its FFmpeg, CPU", f"{share:.2f} % of a core", "<= 1.5 %", share <= 1.5
        ),
        Figure("idle stream with its FFmpeg, memory", f"{rss:.0f} MB RSS", "<= 80 MB", rss <= 80),
    ]
    notes = [
        f"FFmpeg {ffmpeg_cpu * 100:.2f} %, ours {cpu * 100:.2f} %; {pss:.0f} MB PSS",
        f"{streams} streams; the house without any: {empty.house.rss_mb:.0f} MB RSS",
    ]
    return figures, notes


@dataclass(frozen=True, slots=True)
class _Used:
    seconds: float
    house: Use
    ffmpegs: Use


async def _used(place: Place, files: Mapping[str, Path], seconds: float) -> _Used:
    async with _house_of(place, files) as (running, _):
        await running.listening(len(files))
        await asyncio.sleep(5.0)  # what only the start costs shall not count
        began = time.monotonic()
        first = [use(pid) for pid in (running.pid, *children(running.pid))]
        await asyncio.sleep(seconds)
        last = [use(pid) for pid in (running.pid, *children(running.pid))]
        spent = [
            Use(b.cpu_s - a.cpu_s, b.rss_mb, b.pss_mb) for a, b in zip(first, last, strict=True)
        ]
        ffmpegs = Use(
            sum(u.cpu_s for u in spent[1:]),
            sum(u.rss_mb for u in spent[1:]),
            sum(u.pss_mb for u in spent[1:]),
        )
        return _Used(time.monotonic() - began, spent[0], ffmpegs)


async def start(place: Place, streams: int = 4, seconds: float | None = None) -> Figures:
    """From starting the process to hearing every stream with the engine ready."""
    del seconds  # it takes as long as it takes
    talk = media.scene(place.ffmpeg)
    file = media.write(place.ffmpeg, talk.pcm, place.folder / "start.mkv")
    times = []
    for _ in range(3):
        async with _house_of(place, {f"cam{n}": file for n in range(streams)}) as (running, _):
            times.append(await running.listening(streams))
    worst = max(times)
    measured = f"{percentile(times, 0.5):.1f} s (worst of {len(times)}: {worst:.1f} s)"
    return [Figure(f"start to listening, {streams} streams", measured, "<= 6 s", worst <= 6.0)], []


async def whisperlive(place: Place, streams: int = 8, seconds: float | None = None) -> Figures:
    """Streams on which people talk, written by one local WhisperLive server and its stand-in.

    The delay is from a line's end to its arrival. A sentence is missing when no line of its
    stream shares any time with it.
    """
    length_s = seconds or 60.0
    folder = server_folder(WhisperLiveSettings(), place.folder)
    find_server(folder)
    talk = media.scene(place.ffmpeg)
    talks = [talk.begun_at(number / streams).lasting(length_s + 90.0) for number in range(streams)]
    files = {
        f"cam{n}": media.write(place.ffmpeg, one.pcm, place.folder / f"{n}.mkv")
        for n, one in enumerate(talks)
    }
    settings = {"local": True, "folder": str(folder)}
    async with _house_of(place, files, whisperlive=settings) as (running, server):
        await running.listening(streams)
        await running.server_ready()
        began = time.time()
        await asyncio.sleep(length_s)
        until = time.time()
        await asyncio.sleep(SETTLE_S)
        lines = [line for line in running.lines if began <= line.end <= until]
        spoken = [
            (stream, start, end)
            for stream, one in zip(files, talks, strict=True)
            for start, end in one.spans_from(server.began[f"/{stream}"])
            if began <= start and end <= until
        ]
        missing = sum(not _is_written(running, *sentence) for sentence in spoken)
        health = running.health[""]
    delays = [line.arrived - line.end for line in lines]
    late = max(delays, default=math.inf)
    servers = health["servers"][0]
    median, p95 = percentile(delays, 0.5), percentile(delays, 0.95)
    took = f"the server got {servers['sent_s']} s of speech, its lag is {servers['lag_s']} s"
    notes = [
        f"median {median:.2f} s, p95 {p95:.2f} s, {len(lines)} lines, {len(spoken)} sentences",
        f"since the start {health['taken_over']} utterances were taken over; {took}",
    ]
    what = f"{streams} streams talking, one local WhisperLive"
    measured = f"latest {late:.2f} s, {missing} missing"
    return [Figure(what, measured, "<= 5 s, none missing", late <= 5.0 and not missing)], notes


def _is_written(house: House, stream: str, start: float, end: float) -> bool:
    lines = (line for line in house.lines if line.stream == stream)
    return any(line.start < end and start < line.end for line in lines)
