"""Streams as people handle them, read by FFmpeg from an RTSP server.

Recogniser and speaker stage are in memory: none of these tests is about words or voices. That
the real ones are wired in is shown by tests/test_main_job.py.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.capture.served import mute_port
from tests.house.rig import ffmpegs, living
from tests.support.child import gone
from tests.support.clock import settle
from tests.support.mosquitto import free_port
from tests.support.rtsp import rtsp_server
from wallflower.domain.errors import BadInput, BadStreamUrl, Conflict, NotFound
from wallflower.domain.events import (
    HouseListeningChanged,
    LineCommitted,
    StreamAdded,
    StreamChanged,
    StreamRemoved,
)
from wallflower.domain.streams import StreamState
from wallflower.runtime.health import HealthState
from wallflower.store import LineQuery

pytestmark = pytest.mark.peer

CONNECTING, STREAMING = StreamState.CONNECTING, StreamState.STREAMING
MUTED, STOPPED = StreamState.MUTED, StreamState.STOPPED
RETRYING, FAILED = StreamState.RETRYING, StreamState.FAILED


async def test_the_life_of_a_stream(tmp_path: Path, beeps: Path) -> None:
    async with rtsp_server({"/hall": beeps, "/porch": beeps}) as camera, living(tmp_path) as rig:
        house, events = rig.house, rig.events

        spec = await house.add(name=" Hall  way ", url=camera.url("/hall"), area="Ground floor")
        assert (spec.id, spec.name) == ("hall_way", "Hall way")
        await events.state(spec.id, STREAMING)
        assert events.of(StreamAdded) == [StreamAdded(spec)]
        assert rig.health.parts()["stream:hall_way"].state is HealthState.OK
        (before,) = ffmpegs().values()

        renamed = await house.change(spec.id, name="Entrance", area=" ")
        assert (renamed.id, renamed.name, renamed.area) == (spec.id, "Entrance", None)
        await events.until(lambda e: StreamChanged(renamed) in e.of(StreamChanged))
        assert ffmpegs() == {camera.url("/hall"): before}, "a new name needs no new capture"

        events.forget()
        await house.change(spec.id, url=camera.url("/porch"))
        await gone(before)
        await events.state(spec.id, STREAMING)
        told = [(health.state, health.restarts) for health in events.health(spec.id)]
        assert told == [(CONNECTING, 1), (STREAMING, 1)]
        assert rig.speakers.forgotten == [spec.id], "another place sounds otherwise"
        assert list(ffmpegs()) == [camera.url("/porch")]

        (reading,) = ffmpegs().values()
        await house.remove(spec.id)
        await gone(reading)
        await events.until(lambda e: e.of(StreamRemoved) == [StreamRemoved(spec.id)])
        assert house.streams() == []
        assert await rig.store.streams.all() == []
        assert "stream:hall_way" not in rig.health.parts()
        assert rig.speakers.forgotten == [spec.id, spec.id]
        with pytest.raises(NotFound):
            house.health(spec.id)


async def test_no_stream_takes_the_topics_of_people(tmp_path: Path) -> None:
    async with living(tmp_path) as rig:
        spec = await rig.house.add(name="People", url=f"rtsp://127.0.0.1:{free_port()}/live")
        assert (spec.id, spec.name) == ("people_2", "People")


async def test_switches(tmp_path: Path, beeps: Path) -> None:
    async with rtsp_server({"/hall": beeps}) as camera, living(tmp_path) as rig:
        house, events = rig.house, rig.events
        hall = (await house.add(name="Hall", url=camera.url("/hall"))).id
        await events.state(hall, STREAMING)

        for off, on, state in (
            (house.set_listening(hall, False), house.set_listening(hall, True), MUTED),
            (house.set_listening(None, False), house.set_listening(None, True), MUTED),
            (house.stop(hall), house.start(hall), STOPPED),
        ):
            events.forget()
            (reading,) = ffmpegs().values()
            await off
            await gone(reading)
            await events.state(hall, state)
            assert ffmpegs() == {}
            await on
            await events.state(hall, STREAMING)
            assert events.states(hall) == [state, CONNECTING, STREAMING]

        (reading,) = ffmpegs().values()
        events.forget()
        await house.restart(hall)
        await gone(reading)
        await events.state(hall, STREAMING)
        assert events.states(hall) == [CONNECTING, STREAMING]
        assert events.health(hall)[-1].restarts == 4


async def test_a_room_that_is_not_listened_to_is_not_looked_at(tmp_path: Path, talk: Path) -> None:
    with mute_port() as mute:
        async with rtsp_server({"/hall": talk}) as camera, living(tmp_path) as rig:
            house = rig.house
            hall = (await house.add(name="Hall", url=camera.url("/hall"))).id
            assert (await house.snapshot(hall, width=64)).startswith(b"\xff\xd8\xff")
            with pytest.raises(NotFound):
                await house.snapshot("attic")

            for what, off, on in (
                ("microphone", house.set_listening(hall, False), house.set_listening(hall, True)),
                ("house", house.set_listening(None, False), house.set_listening(None, True)),
                ("stopped", house.stop(hall), house.start(hall)),
            ):
                await off
                with pytest.raises(Conflict, match=rf"There is no picture .*\b{what}\b"):
                    await house.snapshot(hall)
                await on

            await house.change(hall, url=f"rtsp://127.0.0.1:{mute}/x")
            looking = asyncio.create_task(house.snapshot(hall))
            await settle()
            await house.set_listening(hall, False)
            with pytest.raises(Conflict, match="switched off"):
                await looking


async def test_a_muted_house_stays_muted_over_a_restart(tmp_path: Path, beeps: Path) -> None:
    async with rtsp_server({"/hall": beeps}) as camera:
        async with living(tmp_path) as rig:
            await rig.house.add(name="Hall", url=camera.url("/hall"))
            await rig.house.add(name="Attic", url=camera.url("/hall"))
            await rig.house.set_listening(None, False)
            await rig.house.stop("attic")
            await rig.events.until(lambda e: e.of(HouseListeningChanged) != [])
        async with living(tmp_path) as rig:
            await rig.events.state("hall", MUTED)
            await rig.events.state("attic", STOPPED)
            assert not rig.house.listening
            # A switch of its own does not outvote the one of the house.
            await rig.house.set_listening("hall", True)
            assert rig.house.health("hall").state is MUTED
            await rig.house.set_listening(None, True)
            await rig.events.state("hall", STREAMING)
            assert rig.house.health("attic").state is STOPPED


async def test_a_wrong_password_parks_until_the_url_changes(tmp_path: Path, beeps: Path) -> None:
    async with (
        rtsp_server({"/hall": beeps}, credentials="anna:s3cret") as camera,
        living(tmp_path) as rig,
    ):
        hall = (await rig.house.add(name="Hall", url=camera.url("/hall", "anna:gu3ss"))).id
        failed = await rig.events.state(hall, FAILED)
        assert failed.code == "stream_unauthorized"
        assert failed.detail is not None
        assert "gu3ss" not in failed.detail
        part = rig.health.parts()["stream:hall"]
        assert (part.state, part.code) == (HealthState.FAILED, "stream_unauthorized")
        assert rig.health.overall() is HealthState.DEGRADED

        rig.events.forget()
        await rig.house.start(hall)
        await rig.events.state(hall, FAILED)
        assert rig.events.states(hall) == [CONNECTING, FAILED], "a person asked: tried once more"

        await rig.house.change(hall, url=camera.url("/hall", "anna:s3cret"))
        healthy = await rig.events.state(hall, STREAMING)
        assert (healthy.detail, healthy.code) == (None, None)
        assert rig.health.overall() is HealthState.OK


async def test_a_host_that_is_down_is_tried_again_and_touches_nobody(
    tmp_path: Path, beeps: Path
) -> None:
    port = free_port()
    async with rtsp_server({"/porch": beeps}) as porch, living(tmp_path) as rig:
        house, events = rig.house, rig.events
        await house.add(name="Porch", url=porch.url("/porch"))
        await events.state("porch", STREAMING)
        reading = ffmpegs()
        await house.add(name="Hall", url=f"rtsp://127.0.0.1:{port}/hall")
        await events.until(lambda e: any(h.restarts for h in e.health("hall")))
        health = house.health("hall")
        assert (health.state, health.code) == (RETRYING, "stream_unreachable")
        assert events.states("hall") == [RETRYING], "no flapping while it is down"

        async with rtsp_server({"/hall": beeps}, port=port):
            await events.state("hall", STREAMING)
        ended = await events.state("hall", RETRYING)
        assert ended.detail
        # All the while:
        assert events.states("porch") == [STREAMING]
        assert house.health("porch").restarts == 0
        assert ffmpegs().items() >= reading.items()


async def test_what_was_said_last_is_written_when_the_house_closes(
    tmp_path: Path, talk: Path
) -> None:
    async with rtsp_server({"/hall": talk}) as camera, living(tmp_path) as rig:
        rig.engine.free.clear()
        await rig.house.add(name="Hall", url=camera.url("/hall"))
        await rig.engine.asked.wait()
        assert rig.events.of(LineCommitted) == []
        (reading,) = ffmpegs().values()
        closing = asyncio.create_task(rig.house.close())
        await gone(reading)
        rig.engine.free.set()
        await closing
        page = await rig.store.lines.page(LineQuery())
        assert len(page.items) == len(rig.engine.finals) >= 1


async def test_what_cannot_be_added(tmp_path: Path) -> None:
    async with living(tmp_path) as rig:
        house = rig.house
        url = f"rtsp://127.0.0.1:{free_port()}/hall"
        await house.add(name="Hall", url=url)
        await house.add(name="Küche", url=url)
        with pytest.raises(Conflict, match="'Hall'"):
            await house.add(name="hall", url=url)
        with pytest.raises(Conflict):
            await house.change("kuche", name="HALL")
        with pytest.raises(BadStreamUrl):
            await house.add(name="Porch", url="hall camera")
        with pytest.raises(BadStreamUrl):
            await house.change("hall", name="Porch", url="rtsp://")
        with pytest.raises(BadInput, match="needs a name"):
            await house.add(name="  ", url=url)
        with pytest.raises(BadInput, match="at most 80"):
            await house.add(name="x" * 81, url=url)
        for wrong in (house.remove, house.start, house.stop, house.restart):
            with pytest.raises(NotFound, match="'cellar'"):
                await wrong("cellar")
        assert [(spec.id, spec.name) for spec in house.streams()] == [
            ("hall", "Hall"),
            ("kuche", "Küche"),
        ]
        assert await rig.store.streams.all() == list(house.streams())
