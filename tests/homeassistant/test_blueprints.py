"""Our blueprints and the automations of DOCS.md, as Home Assistant takes and runs them."""

from __future__ import annotations

import asyncio
import re
import shutil
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from tests.homeassistant.appliance import Appliance
from tests.homeassistant.spoken import KEYWORD, talk
from tests.support.child import gone
from tests.support.homeassistant import Client, Core, Json, automate
from tests.support.rtsp import rtsp_server
from wallflower.domain.events import KeywordHeard, SilenceChanged, StreamHealthChanged
from wallflower.domain.speech import SpeakerRef
from wallflower.domain.times import WallTime
from wallflower.store import LineQuery

pytestmark = [pytest.mark.peer, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "DOCS.md").read_text()
FOLDER = ROOT / "blueprints/automation/wallflower"
NAMES = sorted(file.stem for file in FOLDER.glob("*.yaml"))
NOTICED = "wallflower_test"
ANNA = SpeakerRef(1, "Anna", True, 0.99)
STRANGER = SpeakerRef(2, "Voice 2", False, 0.99)


def of(blueprint: str, *told: str, **inputs: Any) -> Json:
    """An automation that fires an event with the blueprint's variables `told`."""
    data = {name: f"{{{{ {name} }}}}" for name in told}
    reaction = [{"event": NOTICED, "event_data": {"blueprint": blueprint, **data}}]
    return {
        "id": blueprint,
        "alias": blueprint,
        "use_blueprint": {
            "path": f"wallflower/{blueprint}.yaml",
            "input": {"reaction": reaction, **inputs},
        },
    }


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def blueprints(home: Core, ha: Client, house: Appliance) -> AsyncIterator[Client]:
    """Home Assistant with our blueprints, told of every reaction."""
    target = home.config / "blueprints/automation/wallflower"
    shutil.copytree(FOLDER, target)
    await ha.ask("subscribe_events", event_type=NOTICED)
    yield ha
    await automate(home, ha, [])
    shutil.rmtree(target)


async def reactions(ha: Client, count: int) -> list[Json]:
    """The reactions since the last call, once there are so many."""
    await ha.until(lambda me: len(me.events) >= count)
    seen = list(ha.events)
    ha.events.clear()
    return seen


def heard(house: Appliance, keyword: str, **changes: Any) -> None:
    told = {
        "stream_id": "hall",
        "keyword": keyword,
        "emergency": False,
        "text": f"I said {keyword}.",
        "speaker": ANNA,
        "confidence": 0.9,
        "line_id": None,
        "at": house.services.clock.wall(),
    }
    house.tell(KeywordHeard(**{**told, **changes}))


async def test_all_are_valid(blueprints: Client) -> None:
    known = await blueprints.ask("blueprint/list", domain="automation")
    ours = {path: one for path, one in known.items() if path.startswith("wallflower/")}
    assert [path for path, one in ours.items() if "error" in one] == []
    assert sorted(ours) == [f"wallflower/{name}.yaml" for name in NAMES]


async def test_keyword(home: Core, blueprints: Client, house: Appliance) -> None:
    said = ["room", "keyword", "text", "speaker", "emergency"]
    anybody = of("keyword_said", *said, cameras=["event.hall_keyword", "event.kitchen_keyword"])
    await automate(home, blueprints, [anybody])
    heard(house, "help", emergency=True, text='{{ 1/0 }} "help" 🦊', speaker=None)
    heard(house, "coffee", stream_id="kitchen")
    heard(house, "coffee", stream_id="porch")
    first, second = await reactions(blueprints, 2)
    assert first == {
        "blueprint": "keyword_said",
        "room": "Hall area",
        "keyword": "help",
        "text": '{{ 1/0 }} "help" 🦊',
        "speaker": "",
        "emergency": True,
    }
    assert (second["room"], second["speaker"]) == ("Kitchen area", "Anna")

    particular = {"keywords": ["Coffee "], "people": ["anna"], "cameras": ["event.hall_keyword"]}
    await automate(home, blueprints, [of("keyword_said", "text", **particular)])
    heard(house, "help")
    heard(house, "coffee", speaker=STRANGER)
    heard(house, "coffee", speaker=None)
    heard(house, "coffee", speaker=SpeakerRef(1, "Anna", True, 0.4, sure=False))
    heard(house, "coffee", text="This one.")
    assert [one["text"] for one in await reactions(blueprints, 1)] == ["This one."]

    urgent = of("keyword_said", "keyword", cameras=["event.hall_keyword"], only_emergencies=True)
    never = {"after": "00:00:00", "before": "00:00:01"}
    asleep = {**of("keyword_said", "keyword", cameras=["event.hall_keyword"], **never), "id": "no"}
    await automate(home, blueprints, [urgent, asleep])
    heard(house, "coffee")
    heard(house, "help", emergency=True)
    assert [one["keyword"] for one in await reactions(blueprints, 1)] == ["help"]
    assert await blueprints.complaints() == []


async def test_person(home: Core, blueprints: Client, house: Appliance) -> None:
    events = ["event.hall_speaker_heard", "event.kitchen_speaker_heard"]
    once = of("person_heard", "room", "speaker", cameras=events, people=["Anna"], quiet_minutes=5)
    await automate(home, blueprints, [once])
    anna, bo = await house.person("Anna", 1), await house.person("Bo", 2)
    await house.say("Hello.", "hall", bo.ref(0.99))
    await house.say("Hello.", "hall", anna.ref(0.99))
    await house.say("Hello again.", "kitchen", anna.ref(0.99))
    await blueprints.until(lambda me: len(me.fired("event.kitchen_speaker_heard")) == 1)
    (reaction,) = await reactions(blueprints, 1)
    assert reaction == {"blueprint": "person_heard", "room": "Hall area", "speaker": "Anna"}
    assert await blueprints.complaints() == []


async def test_unknown_voice(home: Core, blueprints: Client, house: Appliance) -> None:
    """Of two residents `person.bench` has no known place at all."""
    events = ["event.porch_speaker_heard"]
    away = {"cameras": events, "residents": ["device_tracker.phone"], "away_minutes": 0}
    lost = {**away, "residents": ["device_tracker.phone", "person.bench"]}
    await automate(
        home,
        blueprints,
        [
            of("unknown_voice_away", "room", "speaker", **away),
            {**of("unknown_voice_away", "speaker", **lost), "id": "lost"},
        ],
    )
    stranger = await house.stranger(7)
    await blueprints.rest.post("/api/states/device_tracker.phone", json={"state": "home"})
    await house.say("Hello?", "porch", stranger.ref(0.99))
    await blueprints.until(lambda me: len(me.fired(events[0])) == 1)
    await blueprints.rest.post("/api/states/device_tracker.phone", json={"state": "not_home"})
    await blueprints.state("device_tracker.phone", "not_home")
    another = await house.stranger(8)
    await house.say("Anybody at home?", "porch", another.ref(0.99))
    (reaction,) = await reactions(blueprints, 1)
    assert reaction == {
        "blueprint": "unknown_voice_away",
        "room": "Porch area",
        "speaker": another.name,
    }
    assert await blueprints.complaints() == []


async def test_silence(home: Core, blueprints: Client, house: Appliance) -> None:
    silent = {"silences": ["event.hall_silence_event"], "no_audio": ["binary_sensor.hall_silence"]}
    told = ["room", "minutes", "broken"]
    await automate(home, blueprints, [of("silence", *told, **silent, no_audio_for={"seconds": 0})])
    now = house.services.clock.wall()
    house.tell(SilenceChanged("hall", silent=False, minutes=3.0, at=now))
    house.tell(SilenceChanged("hall", silent=True, minutes=60.4, at=now))
    (reaction,) = await reactions(blueprints, 1)
    assert reaction == {
        "blueprint": "silence",
        "room": "Hall area",
        "minutes": 60,
        "broken": False,
    }
    deaf = replace(house.services.house.health("hall"), silent=True)
    house.tell(StreamHealthChanged(deaf))
    (reaction,) = await reactions(blueprints, 1)
    assert reaction["broken"] is True
    assert await blueprints.complaints() == []


async def test_summary(home: Core, blueprints: Client, house: Appliance) -> None:
    devices = await blueprints.devices()
    camera = devices["Garage"]["id"]
    summary = of("nightly_summary", "room", "count", "speakers", "summary", camera=camera)
    clara = await house.person("Clara", 11)
    await house.say('The {{ bin }} is "full" 🦊.', "garage", clara.ref(0.99))
    await house.say("Is it?", "garage")
    await automate(home, blueprints, [summary])
    await blueprints.call("automation.trigger", "automation.nightly_summary")
    (reaction,) = await reactions(blueprints, 1)
    assert (reaction["room"], reaction["count"], reaction["speakers"]) == (
        "Garage area",
        2,
        "Clara",
    )
    first, second = reaction["summary"].splitlines()
    assert first[5:] == ' Clara: The {{ bin }} is "full" 🦊.'
    assert second[5:] == " ?: Is it?"
    assert await blueprints.complaints() == []


async def test_documented_automations(home: Core, blueprints: Client, house: Appliance) -> None:
    chapter = DOCS.partition("## Ten automations")[2].partition("\n## ")[0]
    blocks = re.findall(r"```yaml\n(.*?)```", chapter, re.DOTALL)
    automations = [yaml.safe_load(block) for block in blocks]
    assert len(automations) == 10
    await automate(home, blueprints, [{"id": str(i), **one} for i, one in enumerate(automations)])
    named = set(re.findall(r"\w+\.(?:hall|kitchen|porch|wallflower)_\w+", chapter))
    assert named - blueprints.states.keys() == {"light.hall_lamp"}  # no entity of ours
    assert await blueprints.complaints() == []


async def test_documented_entities(blueprints: Client, house: Appliance) -> None:
    """The tables name every entity of a camera and of the house that is not disabled."""
    chapter = DOCS.partition("## Home Assistant\n")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(\w+\.(?:hall|wallflower)_\w+)`", chapter))
    ours = re.compile(r"\w+\.(hall|wallflower)_(?!people_)")
    assert named - {"sensor.wallflower_people_anna"} == {
        entity["entity_id"]
        for entity in await blueprints.entities()
        if ours.match(entity["entity_id"]) and entity["disabled_by"] is None
    }


@dataclass(frozen=True)
class Study:
    """A fifth camera, on which somebody talks."""

    url: str
    word_ended: WallTime


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def study(
    blueprints: Client,
    home: Core,
    house: Appliance,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Study]:
    media, word_ends_s = talk(tmp_path_factory.mktemp("study"))
    automation = of("keyword_said", "keyword", "room", cameras=["event.study_keyword"])
    await automate(home, blueprints, [automation])
    async with rtsp_server({"/study": media}) as camera:
        url = camera.url("/study")
        await house.services.house.add(name="Study", url=url, area="Study area")
        _, began = await camera.played()
        yield Study(url, WallTime.from_seconds(began).plus(word_ends_s))
        await house.services.house.remove("study")


async def test_a_keyword_that_is_spoken(
    blueprints: Client, study: Study, record_property: Callable[[str, object], None]
) -> None:
    (reaction,) = await reactions(blueprints, 1)
    took_s = WallTime.from_seconds(time.time()).seconds_since(study.word_ended)
    record_property("keyword_s", round(took_s, 2))
    print(f"the automation ran {took_s:.2f} s after the word")
    assert reaction == {"blueprint": "keyword_said", "keyword": KEYWORD, "room": "Study area"}
    assert took_s < 15.0  # 3 s are promised; a machine that is busy with other tests is given more
    # Once, though the text so far and the line both have it.
    await blueprints.until(lambda me: "coffee" in transcript(me, "study"))
    await blueprints.until(lambda me: "coffee" not in transcript(me, "study"))
    assert [event["keyword"] for event in blueprints.fired("event.study_keyword")] == [KEYWORD]
    assert blueprints.events == []


async def test_the_switch(
    blueprints: Client,
    house: Appliance,
    study: Study,
    record_property: Callable[[str, object], None],
) -> None:
    await blueprints.state("sensor.study_state", "streaming")
    ffmpeg = house.ffmpegs()[study.url]
    loop = asyncio.get_running_loop()
    asked = loop.time()
    await blueprints.call("switch.turn_off", "switch.study_listening")
    await gone(ffmpeg)
    took_s = loop.time() - asked
    record_property("off_s", round(took_s, 2))
    print(f"the microphone was off {took_s:.2f} s after the switch")
    assert took_s < 5.0  # 1 s is promised
    await blueprints.state("sensor.study_state", "muted")
    await blueprints.state("switch.study_listening", "off")
    assert study.url not in house.ffmpegs()
    off = house.services.clock.wall()

    await blueprints.call("switch.turn_on", "switch.study_listening")
    await blueprints.state("sensor.study_state", "streaming")
    on = house.services.clock.wall()

    def said_since(me: Client) -> bool:
        started = me.states["sensor.study_last_transcript"]["attributes"].get("start")
        return started is not None and WallTime.from_iso(started) >= off

    await blueprints.until(said_since)
    page = await house.services.store.lines.page(LineQuery(stream_id="study", since=off))
    assert page.items
    assert all(line.start >= on.plus(-1.0) for line in page.items)
    assert await blueprints.complaints() == []


def transcript(ha: Client, stream_id: str) -> str:
    """What was said last on a stream, all of it."""
    sensor = ha.states.get(f"sensor.{stream_id}_last_transcript", {"attributes": {}})
    return str(sensor["attributes"].get("text", ""))
