from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jinja2 import Environment

from tests.publish.ha_rules import objections
from wallflower.domain.keywords import Keyword
from wallflower.domain.streams import StreamSpec, StreamState
from wallflower.publish.discovery import Device, hub_device, people_device, stream_device, text
from wallflower.publish.discovery.keywords import triggers
from wallflower.publish.topics import Topics
from wallflower.publish.whereabouts import Person, by_slug

TOPICS = Topics("wallflower", "homeassistant", "a1b2")
HALL = StreamSpec("hall", "Hall", "rtsp://user:secret@10.0.0.7/live", area="Ground floor")


def read(device: Device) -> dict[str, Any]:
    return dict(json.loads(payload(device)))


def payload(device: Device) -> str:
    """As Home Assistant gets it."""
    return text(device.payload, device.components)


@pytest.mark.parametrize("name", ["Hall", "Küche / Flur", "🚪", "x" * 80, 'Say "hi" {{ now() }}'])
def test_a_stream_is_accepted(name: str) -> None:
    device = stream_device(StreamSpec("hall", name, "rtsp://h/1"), TOPICS, "0.1.0")
    assert objections(payload(device)) == []
    assert read(device)["dev"]["name"] == name


def test_the_hub_is_accepted() -> None:
    assert objections(payload(hub_device(TOPICS, "0.1.0"))) == []


@pytest.mark.parametrize("name", ["Anna", "Анна", 'Say "hi" {{ now() }}', "x" * 80])
def test_people_are_accepted(name: str) -> None:
    device = people_device(by_slug([Person(3, name, None)]), TOPICS, "0.1.0")
    assert objections(payload(device)) == []
    assert read(device)["cmps"]["person_3"]["name"] == name


def test_a_person_stays_the_same_entity_under_another_name() -> None:
    before, after = (
        read(people_device(by_slug([Person(3, name, None)]), TOPICS, "0.1.0"))
        for name in ("Voice 3 perhaps", "Anna")
    )
    assert set(before["cmps"]) == set(after["cmps"]) == {"person_3"}
    anna = after["cmps"]["person_3"]
    assert anna["uniq_id"] == before["cmps"]["person_3"]["uniq_id"]
    assert anna["stat_t"] == anna["json_attr_t"] == "wallflower/people/anna"
    assert anna["def_ent_id"] == "sensor.wallflower_people_anna"


@pytest.mark.parametrize(
    ("change", "objection"),
    [
        ({"icon": "mdi:x"}, "unknown key icon"),
        ({"cmps": {}}, "there are no components"),
        ({"cmps": {"a b": {"p": "sensor", "name": "A", "stat_t": "t"}}}, "a b: no uniq_id"),
        ({"o": {}}, "the origin has no name"),
        ({"qos": 3}, "qos is not 0 to 2"),
    ],
)
def test_the_rules_object(change: dict[str, object], objection: str) -> None:
    changed = json.dumps({**read(hub_device(TOPICS, "0.1.0")), **change})
    assert objection in objections(changed)


def test_a_stream_belongs_to_the_hub_and_its_area() -> None:
    device = read(stream_device(HALL, TOPICS, "0.1.0"))["dev"]
    hub = read(hub_device(TOPICS, "0.1.0"))["dev"]
    assert hub["ids"] == ["wallflower_a1b2"]
    assert device["ids"] == ["wallflower_a1b2_hall"]
    assert device["via_device"] == "wallflower_a1b2"
    assert device["sa"] == "Ground floor"
    assert device["sw"] == hub["sw"] == "0.1.0"


def test_credentials_stay_at_home() -> None:
    assert "secret" not in payload(stream_device(HALL, TOPICS, "0.1.0"))


def test_what_mends_a_stream_works_while_it_is_offline() -> None:
    hall = read(stream_device(HALL, TOPICS, "0.1.0"))
    assert [one["t"] for one in hall["avty"]] == ["wallflower/status", "wallflower/hall/status"]
    assert hall["avty_mode"] == "all"
    needs_wallflower_only = {
        key
        for key, component in hall["cmps"].items()
        if [one["t"] for one in component.get("avty", ())] == ["wallflower/status"]
    }
    assert needs_wallflower_only == {"state", "restart", "listening"}


def test_every_state_of_a_stream_is_an_option() -> None:
    state = read(stream_device(HALL, TOPICS, "0.1.0"))["cmps"]["state"]
    assert set(state["ops"]) == {state.value for state in StreamState}


def test_the_topics_are_those_of_the_contract() -> None:
    stream = read(stream_device(HALL, TOPICS, "0.1.0"))["cmps"]
    hub = read(hub_device(TOPICS, "0.1.0"))["cmps"]
    assert stream["last_transcript"]["stat_t"] == "wallflower/hall/transcript"
    assert stream["last_transcript"]["json_attr_t"] == "wallflower/hall/transcript"
    assert stream["speaker"]["stat_t"] == "wallflower/hall/speaker"
    assert stream["speaker_heard"]["stat_t"] == "wallflower/hall/event/speaker"
    assert stream["keyword"]["stat_t"] == "wallflower/hall/event/keyword"
    assert stream["silence_event"]["stat_t"] == "wallflower/hall/event/silence"
    assert stream["snapshot"]["img_t"] == "wallflower/hall/snapshot"
    assert stream["photo"]["cmd_t"] == "wallflower/hall/command"
    assert stream["photo"]["pl_prs"] == "snapshot"
    assert stream["speech"]["stat_t"] == "wallflower/hall/speech"
    assert stream["silence"]["stat_t"] == "wallflower/hall/health"
    assert stream["listening"]["stat_t"] == "wallflower/hall/listening"
    assert stream["listening"]["cmd_t"] == "wallflower/hall/listening/set"
    assert stream["restart"]["cmd_t"] == "wallflower/hall/command"
    assert hub["engine"]["stat_t"] == "wallflower/health"
    assert hub["listening"]["cmd_t"] == "wallflower/listening/set"
    assert hub["restart"]["cmd_t"] == "wallflower/command"


KEYWORDS = (
    Keyword("help"),
    Keyword("fire alarm", emergency=True),
    Keyword("open", streams=("Yard",)),
)


def test_a_trigger_for_each_keyword_of_the_stream() -> None:
    device = stream_device(HALL, TOPICS, "0.1.0", keywords=KEYWORDS)
    assert objections(payload(device)) == []
    triggers = {key: one for key, one in read(device)["cmps"].items() if key.startswith("kw_")}
    assert set(triggers) == {"kw_help", "kw_fire_alarm"}
    assert triggers["kw_fire_alarm"] == {
        "p": "device_automation",
        "atype": "trigger",
        "type": "keyword",
        "stype": "fire alarm",
        "t": "wallflower/hall/event/keyword",
        "val_tpl": "{{ value_json.keyword }}",
        "pl": "fire alarm",
    }


ALIKE = [
    "help",
    "Help",
    "help!",
    "hélp",
    "помогите",
    "помощь",
    "助けて",
    "🔥",
    "{{ help }}",
    "x" * 60,
]


def test_triggers_have_keys_of_their_own_whatever_comes_or_goes() -> None:
    def keys(*phrases: str) -> dict[str, str]:
        found = triggers(phrases, TOPICS.of("hall"))
        assert all(re.fullmatch("[a-z0-9_]+", key) for key in found)
        return {str(one["stype"]): key for key, one in found.items()}

    together = keys(*ALIKE)
    assert together["help"] == "kw_help"
    assert len(set(together.values())) == len(ALIKE)
    assert together == {phrase: keys(phrase)[phrase] for phrase in reversed(ALIKE)}
    assert keys("help", "help") == {"help": "kw_help"}


@pytest.mark.parametrize("phrase", [*ALIKE, 'say "{% raw %}" \\ {# now #}', "{{ states }} 🌼"])
def test_home_assistant_reads_the_phrase_out_of_the_template(phrase: str) -> None:
    (trigger,) = triggers([phrase], TOPICS.of("hall")).values()
    template = Environment().from_string(str(trigger["pl"]))  # noqa: S701 - no HTML
    assert template.render() == phrase


def test_entities_that_few_need_are_disabled_and_no_others() -> None:
    devices = [read(stream_device(HALL, TOPICS, "0.1.0")), read(hub_device(TOPICS, "0.1.0"))]
    disabled = {
        key for device in devices for key, one in device["cmps"].items() if one.get("en") is False
    }
    assert disabled == {"version", "backlog", "lines_skipped"}


def test_what_the_broker_keeps_goes_with_the_device() -> None:
    assert "wallflower/hall/snapshot" not in stream_device(HALL, TOPICS, "0.1.0").kept
    keeps = stream_device(HALL, TOPICS, "0.1.0", keeps_snapshot=True).kept
    assert {"wallflower/hall/snapshot", "wallflower/hall/speaker"} < set(keeps)
    assert set(hub_device(TOPICS, "0.1.0").kept) == {
        "wallflower/status",
        "wallflower/health",
        "wallflower/listening",
    }
    anna = people_device(by_slug([Person(3, "Anna", None)]), TOPICS, "0.1.0")
    assert anna.kept == ("wallflower/people/anna",)


def test_unique_ids_never_meet() -> None:
    # Ids are joined with "_", which ids and keys contain: were the end of one key another
    # key, two streams could make the same id.
    keys = {
        *read(stream_device(HALL, TOPICS, "0.1.0"))["cmps"],
        *read(hub_device(TOPICS, "0.1.0"))["cmps"],
        *read(people_device(by_slug([Person(3, "Anna", None)]), TOPICS, "0.1.0"))["cmps"],
    }
    assert [(a, b) for a in keys for b in keys if a.endswith(f"_{b}")] == []
