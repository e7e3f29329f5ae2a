"""Streams of the settings: set up once, then people's; the recogniser plays no part here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.house.rig import Rig, living
from tests.support.mosquitto import free_port
from wallflower.house import bootstrap
from wallflower.settings.schema import StreamSettings


def settings(**urls: str) -> tuple[StreamSettings, ...]:
    return tuple(StreamSettings(name=name, url=url) for name, url in urls.items())


def nowhere(path: str = "") -> str:
    return f"rtsp://127.0.0.1:{free_port()}/{path}"


def shown(rig: Rig) -> Sequence[tuple[str, str]]:
    return [(spec.name, spec.url) for spec in rig.house.streams()]


async def test_the_first_start_sets_them_up(tmp_path: Path) -> None:
    hall, porch = nowhere(), nowhere()
    async with living(tmp_path) as rig:
        given = (*settings(Hall=hall), StreamSettings(name="Porch", url=porch, area="Outside"))
        await bootstrap(rig.house, rig.store, given)
        assert shown(rig) == [("Hall", hall), ("Porch", porch)]
        assert rig.house.stream("porch").area == "Outside"


async def test_what_people_change_stays(tmp_path: Path) -> None:
    hall, porch, attic, moved = nowhere(), nowhere(), nowhere(), nowhere()
    given = settings(Hall=hall, Porch=porch, Attic=attic)
    async with living(tmp_path) as rig:
        await bootstrap(rig.house, rig.store, given)
        await rig.house.change("hall", name="Entrance")
        await rig.house.change("porch", url=moved)
        await rig.house.remove("attic")
    async with living(tmp_path) as rig:
        await bootstrap(rig.house, rig.store, given)
        assert shown(rig) == [("Entrance", hall), ("Porch", moved)]


async def test_a_new_url_in_the_settings_counts(tmp_path: Path) -> None:
    async with living(tmp_path) as rig:
        await bootstrap(rig.house, rig.store, settings(Hall=nowhere(), Attic=nowhere()))
        await rig.house.change("hall", name="Entrance")
        await rig.house.remove("attic")
        hall, attic = nowhere(), nowhere()
        await bootstrap(rig.house, rig.store, settings(Hall=hall, Attic=attic))
        # The same stream, under the name people gave it; a removed one comes back.
        assert shown(rig) == [("Entrance", hall), ("Attic", attic)]
        assert rig.house.stream("hall").name == "Entrance"


async def test_a_stream_added_by_hand_is_taken_over(tmp_path: Path) -> None:
    async with living(tmp_path) as rig:
        await rig.house.add(name="Hall", url=nowhere())
        hall = nowhere()
        await bootstrap(rig.house, rig.store, settings(hall=hall))
        assert shown(rig) == [("Hall", hall)]


async def test_leaving_one_out_of_the_settings_removes_nothing(tmp_path: Path) -> None:
    hall = nowhere()
    async with living(tmp_path) as rig:
        await bootstrap(rig.house, rig.store, settings(Hall=hall))
        await bootstrap(rig.house, rig.store, ())
        await bootstrap(rig.house, rig.store, settings(Hall=hall))
        assert shown(rig) == [("Hall", hall)]
