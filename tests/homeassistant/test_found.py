"""What Home Assistant makes of our devices, and of what they say."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.homeassistant.appliance import Appliance
from tests.homeassistant.conftest import STREAMS
from tests.support.homeassistant import WAIT_S, Client, Json
from tests.support.mosquitto import Mosquitto, retained

pytestmark = [pytest.mark.peer, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

PEOPLE = ("Anna", "Björn “Bo” {{ states }}", "Οὐρανία 🌻")
AWKWARD = "{{ 1/0 }} {% raw %} \"quoted\" 'too' <b>\\n 🦊👩‍👩‍👧 null, true; "


async def announced(broker: Mosquitto) -> dict[str, Json]:
    """Device payloads at the broker by device id."""
    kept = await retained(broker.port, "homeassistant/device/+/config")
    return {topic.split("/")[2]: json.loads(payload) for topic, payload in kept.items()}


def entities_of(devices: dict[str, Json]) -> set[str]:
    """The unique ids of all entities that these payloads ask for."""
    return {
        component["uniq_id"]
        for device in devices.values()
        for component in device["cmps"].values()
        if "uniq_id" in component
    }


def names_heard(ha: Client) -> set[str]:
    """Names of the people that Home Assistant has entities of."""
    people = [s for name, s in ha.states.items() if name.startswith("sensor.wallflower_people_")]
    return {str(state["attributes"].get("name")) for state in people}


async def keywords_offered(ha: Client, device: str) -> set[str]:
    """The keywords that the automation editor offers as triggers of a device."""
    device_id = (await ha.devices())[device]["id"]
    offered = await ha.ask("device_automation/trigger/list", device_id=device_id)
    return {one["subtype"] for one in offered if one["domain"] == "mqtt"}


async def test_everything_is_there(ha: Client, house: Appliance, broker: Mosquitto) -> None:
    people = [await house.person(name, seed) for seed, name in enumerate(PEOPLE)]
    for person in people:
        await house.say("Good morning.", "hall", person.ref(0.99))
    await ha.until(
        lambda me: {state["attributes"].get("name") for state in me.states.values()} >= set(PEOPLE)
    )

    asked_for = await announced(broker)
    known = await ha.entities()
    assert {entity["unique_id"] for entity in known} == entities_of(asked_for)
    devices = await ha.devices()
    assert set(devices) == {*STREAMS, "Wallflower", "Wallflower people"}
    assert {d["name"] for d in devices.values() if d["via_device_id"] is None} == {"Wallflower"}
    names = {
        e["original_name"] for e in known if e["device_id"] == devices["Wallflower people"]["id"]
    }
    assert set(PEOPLE) <= names

    without_state = {e["entity_id"] for e in known if e["disabled_by"] is None} - ha.states.keys()
    assert without_state == set()
    assert [e for e in known if "_2" in e["entity_id"]] == []
    unavailable = [
        e["entity_id"]
        for e in known
        if ha.states.get(e["entity_id"], {}).get("state") == "unavailable"
    ]
    assert unavailable == []
    assert await ha.complaints() == []


async def test_awkward_lines(ha: Client, house: Appliance) -> None:
    text = (AWKWARD * 60)[:3000]
    anna = await house.person('Anna "the {{ boss }}"', 1)
    await house.say(text, "hall", anna.ref(0.99))
    sensor = "sensor.hall_last_transcript"
    await ha.until(lambda me: me.states[sensor]["attributes"].get("text") == text)
    state = ha.states[sensor]
    assert len(state["state"]) == 255
    assert state["state"][:254] == text[:254]
    assert state["attributes"]["speaker"]["name"] == 'Anna "the {{ boss }}"'
    await house.say("And on it goes.", "hall")
    await ha.state(sensor, "And on it goes.")
    assert await ha.complaints() == []


async def test_what_is_gone_leaves_nothing(ha: Client, house: Appliance, broker: Mosquitto) -> None:
    """A person under another name, one forgotten; a camera and a keyword removed."""
    people, streams = house.services.people, house.services.house
    clara, dora = await house.person("Clara", 21), await house.person("Dora", 22)
    await ha.until(lambda me: {"Clara", "Dora"} <= names_heard(me))
    before = {entity["unique_id"]: entity for entity in await ha.entities()}
    assert await keywords_offered(ha, "Hall") == {"help", "coffee"}

    await people.rename(clara.id, "Chlara")
    await people.forget(dora.id)
    await streams.remove("garage")
    await house.stop()
    await house.start(alerts={"keywords": ["help"]})

    gone = {name for name, entity in before.items() if "_garage_" in name}
    gone |= {name for name in before if name.endswith(f"_people_person_{dora.id}")}
    await ha.until(lambda me: "Chlara" in names_heard(me) and "Dora" not in names_heard(me))
    await ha.until(lambda me: not {before[name]["entity_id"] for name in gone} & me.states.keys())
    async with asyncio.timeout(WAIT_S):
        while await keywords_offered(ha, "Hall") != {"help"}:
            pass  # nothing tells of device triggers, so it is asked again
    after = {entity["unique_id"]: entity for entity in await ha.entities()}
    assert after.keys() == before.keys() - gone
    assert {name: one["entity_id"] for name, one in after.items()} == {
        name: one["entity_id"] for name, one in before.items() if name in after
    }
    assert "Garage" not in await ha.devices()
    async with asyncio.timeout(WAIT_S):
        while [topic for topic in await retained(broker.port) if "garage" in topic]:
            pass  # they are cleared a while after Home Assistant was told
    assert await ha.complaints() == []
