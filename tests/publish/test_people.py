"""People at the real Mosquitto: topics, the device, and what is left when somebody is gone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.publish.ha_rules import objections
from tests.publish.rig import NODE, NOON, Rig, rigged, serving
from tests.support.mosquitto import Listener, listening, retained
from wallflower.domain.events import SpeakerHeard
from wallflower.publish import MqttConfig
from wallflower.publish.announcer import GAP_S
from wallflower.publish.moments import APART_S

pytestmark = pytest.mark.peer

DEVICE = f"homeassistant/device/wallflower_{NODE}_people/config"
ANNA = "wallflower/people/anna"
EVENT = "wallflower/hall/event/speaker"


def last(listener: Listener, topic: str) -> dict[str, Any]:
    payloads = listener.on(topic)
    return dict(json.loads(payloads[-1])) if payloads and payloads[-1] else {}


async def entities(
    listener: Listener, rig: Rig, *names: str | None, since: int = 0
) -> dict[str, Any]:
    """The device's components once they have, or had after its payload number `since`, these names.

    None: one that is taken out.
    """
    while True:
        for payload in reversed(listener.on(DEVICE)[since:]):
            found = dict(json.loads(payload)["cmps"]) if payload else {}
            if [one.get("name") for one in found.values()] == list(names):
                assert objections(payload) == []
                return found
        await rig.clock.advance(GAP_S)
        await listener.settled()


async def test_nobody_has_a_name(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        await rig.say("Hello.", speaker=(await rig.person()).ref(0.9))
        await listener.payloads("wallflower/hall/transcript", 1)
        await listener.settled()
        assert listener.on("wallflower/people/#") == listener.on(DEVICE) == []


async def test_where_somebody_is(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config, streams=("Hall",)) as rig:
        await rig.house.add(name="The kitchen", url="rtsp://h/2", area="Ground floor")
        anna = await rig.person("Anna")
        await rig.say("I was here before.", speaker=anna.ref(0.9))
        async with listening(config.port) as listener, serving(rig):
            await entities(listener, rig, "Anna")
            assert last(listener, ANNA) == {
                "id": anna.id,
                "name": "Anna",
                "stream": "hall",
                "stream_name": "Hall",
                "area": None,
                "since": NOON.iso(),
                "last_heard": NOON.plus(2.0).iso(),
            }
            await rig.say("Perhaps here.", "the_kitchen", speaker=anna.ref(0.5, sure=False))
            await rig.say("And now here.", "the_kitchen", speaker=anna.ref(0.9))
            await listener.until(lambda me: last(me, ANNA)["stream"] == "the_kitchen")
            assert last(listener, ANNA)["since"] == NOON.plus(2.0).iso()
            assert last(listener, ANNA)["area"] == "Ground floor"
            await rig.house.change("the_kitchen", name="Scullery")
            await listener.until(lambda me: last(me, ANNA)["stream_name"] == "Scullery")
            await rig.house.remove("the_kitchen")
            await listener.until(lambda me: last(me, ANNA)["stream_name"] == "the_kitchen")
        assert json.loads((await retained(config.port))[ANNA])["name"] == "Anna"


async def test_another_name_is_the_same_entity(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        voice = await rig.person("Anna")
        before = await entities(listener, rig, "Anna")
        await rig.people.rename(voice.id, "Anne")
        after = await entities(listener, rig, "Anne")
        key = f"person_{voice.id}"
        assert after[key]["uniq_id"] == before[key]["uniq_id"]
        await rig.until(listener, lambda me: me.on(ANNA)[-1] == "")
        order = [m.topic for m in listener.received if m.topic in (DEVICE, ANNA)]
        # The entity looks at the new topic before the old one goes.
        assert order[-2:] == [DEVICE, ANNA]
    kept = await retained(config.port)
    assert after[key]["stat_t"] in kept
    assert ANNA not in kept


async def test_somebody_is_forgotten(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        # What was before it began is no news.
        await listener.payloads("wallflower/status", 1)
        anna = await rig.person("Anna")
        await rig.person("Ben")
        await entities(listener, rig, "Anna", "Ben")
        await rig.people.forget(anna.id)
        left = await entities(listener, rig, None, "Ben")
        assert left[f"person_{anna.id}"] == {"p": "sensor"}
        await rig.until(listener, lambda me: me.on(ANNA)[-1] == "")
        told = [json.loads(one) for one in await listener.payloads("wallflower/correction", 3)]
        assert [one["kind"] for one in told] == ["renamed", "renamed", "forgotten"]
        assert told[-1] == {"kind": "forgotten", "speaker_id": anna.id}
        await entities(listener, rig, "Ben")
        kept = await retained(config.port)
        assert ANNA not in kept
        assert "wallflower/people/ben" in kept


async def test_the_last_one_is_forgotten(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        anna = await rig.person("Anna")
        await entities(listener, rig, "Anna")
        await rig.people.forget(anna.id)
        while ANNA in await retained(config.port):
            await rig.clock.advance(GAP_S)
        kept = await retained(config.port)
        assert not [topic for topic in kept if "people" in topic]


async def test_somebody_forgotten_while_nobody_listens(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        anna = await rig.person("Anna")
        await rig.person("Ben")
        line = await rig.say("Hello.", speaker=anna.ref(0.9))
        rig.bus.publish(SpeakerHeard("hall", anna.ref(0.9), line.start))
        await entities(listener, rig, "Anna", "Ben")
        await listener.until(lambda me: last(me, "wallflower/hall/speaker")["name"] == "Anna")
    # Another life of Wallflower, in which nobody tells the broker at once.
    async with rigged(tmp_path, config) as rig:
        await rig.people.forget(anna.id)
        async with listening(config.port) as listener, serving(rig):
            await entities(listener, rig, None, "Ben")
            await rig.until(listener, lambda me: me.on(ANNA)[-1] == "")
            await listener.until(lambda me: last(me, "wallflower/hall/speaker")["id"] is None)
        async with listening(config.port) as listener, serving(rig):
            await entities(listener, rig, "Ben")
    assert "Anna" not in " ".join((await retained(config.port)).values())


async def test_two_who_are_one_and_two_again(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        anna, ben = await rig.person("Anna"), await rig.person("Ben")
        line = await rig.say("Hello.", speaker=ben.ref(0.9))
        rig.bus.publish(SpeakerHeard("hall", ben.ref(0.9), line.start))
        await entities(listener, rig, "Anna", "Ben")
        await rig.people.merge([ben.id], anna.id)
        await entities(listener, rig, "Anna", None)
        await listener.until(lambda me: last(me, ANNA)["stream"] == "hall")
        await listener.until(lambda me: last(me, "wallflower/hall/speaker")["name"] == "Anna")
        (merge, *_) = await rig.people.corrections()
        before = len(listener.on(DEVICE))
        await rig.people.undo(merge.id)
        again = await entities(listener, rig, "Anna", "Ben", since=before)
        assert again[f"person_{ben.id}"]["uniq_id"]
        await listener.until(lambda me: last(me, ANNA)["stream"] is None)
        await listener.until(lambda me: last(me, "wallflower/hall/speaker")["name"] == "Ben")


async def test_a_birth_is_told_of_people(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        await rig.person("Anna")
        await entities(listener, rig, "Anna")
        listener.received.clear()
        await listener.client.publish("homeassistant/status", "online", qos=1)
        while not (listener.on(ANNA) and listener.on(DEVICE)):
            await rig.clock.advance(GAP_S)
            await listener.settled()


async def test_who_starts_to_talk(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config) as rig:
        await rig.clock.advance(NOON.seconds_since(rig.clock.wall()))
        anna, stranger = await rig.person("Anna"), await rig.person()
        async with listening(config.port) as listener, serving(rig):
            # The device is among the last that is said on connecting.
            await entities(listener, rig, "Anna")
            now = rig.clock.wall()  # that took as many turns of the clock as the broker needed
            rig.said = round(now.seconds_since(NOON))
            for voice in (anna, stranger, anna, stranger):
                await rig.say("Hello there.", speaker=voice.ref(0.9))
            await rig.say("Who knows?", speaker=anna.ref(0.5, sure=False))
            await listener.payloads("wallflower/hall/transcript", 5)
            await rig.until(listener, lambda me: len(me.on(EVENT)) >= 2)
            told = [json.loads(payload) for payload in listener.on(EVENT)]
            await rig.clock.advance(APART_S)
            await listener.settled()
            assert len(listener.on(EVENT)) == 2
    assert [(one["event_type"], one["speaker"], one["ts"]) for one in told] == [
        ("known_speaker", "Anna", now.iso()),
        ("unknown_speaker", "Voice 2", now.plus(1.0).iso()),
    ]
    assert EVENT not in await retained(config.port)
