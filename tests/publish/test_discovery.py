from __future__ import annotations

import json
from typing import Any

import pytest

from tests.publish.ha_rules import objections
from wallflower.domain.streams import StreamSpec, StreamState
from wallflower.publish.discovery import hub_device, people_device, stream_device
from wallflower.publish.topics import Topics
from wallflower.publish.whereabouts import Person, by_slug

TOPICS = Topics("wallflower", "homeassistant", "a1b2")
HALL = StreamSpec("hall", "Hall", "rtsp://user:secret@10.0.0.7/live", area="Ground floor")


def read(payload: str) -> dict[str, Any]:
    device = json.loads(payload)
    assert isinstance(device, dict)
    return device


@pytest.mark.parametrize("name", ["Hall", "Küche / Flur", "🚪", "x" * 80, 'Say "hi" {{ now() }}'])
def test_a_stream_is_accepted(name: str) -> None:
    payload = stream_device(StreamSpec("hall", name, "rtsp://h/1"), TOPICS, "0.1.0")
    assert objections(payload) == []
    assert read(payload)["dev"]["name"] == name


def test_the_hub_is_accepted() -> None:
    assert objections(hub_device(TOPICS, "0.1.0")) == []


@pytest.mark.parametrize("name", ["Anna", "Анна", 'Say "hi" {{ now() }}', "x" * 80])
def test_people_are_accepted(name: str) -> None:
    payload = people_device(by_slug([Person(3, name, None)]), {4}, TOPICS, "0.1.0")
    assert objections(payload) == []
    assert read(payload)["cmps"]["person_3"]["name"] == name


def test_a_person_stays_the_same_entity_under_another_name() -> None:
    before, after = (
        read(people_device(by_slug([Person(3, name, None)]), (), TOPICS, "0.1.0"))
        for name in ("Voice 3 perhaps", "Anna")
    )
    assert set(before["cmps"]) == set(after["cmps"]) == {"person_3"}
    anna = after["cmps"]["person_3"]
    assert anna["uniq_id"] == before["cmps"]["person_3"]["uniq_id"]
    assert anna["stat_t"] == anna["json_attr_t"] == "wallflower/people/anna"
    assert anna["def_ent_id"] == "sensor.wallflower_people_anna"


def test_who_is_gone_is_taken_out() -> None:
    device = read(people_device(by_slug([Person(3, "Anna", None)]), {4}, TOPICS, "0.1.0"))
    assert device["cmps"]["person_4"] == {"p": "sensor"}
    assert device["dev"]["ids"] == ["wallflower_a1b2_people"]


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
    payload = json.dumps({**read(hub_device(TOPICS, "0.1.0")), **change})
    assert objection in objections(payload)


def test_a_stream_belongs_to_the_hub_and_its_area() -> None:
    device = read(stream_device(HALL, TOPICS, "0.1.0"))["dev"]
    hub = read(hub_device(TOPICS, "0.1.0"))["dev"]
    assert hub["ids"] == ["wallflower_a1b2"]
    assert device["ids"] == ["wallflower_a1b2_hall"]
    assert device["via_device"] == "wallflower_a1b2"
    assert device["sa"] == "Ground floor"
    assert device["sw"] == hub["sw"] == "0.1.0"


def test_credentials_stay_at_home() -> None:
    assert "secret" not in stream_device(HALL, TOPICS, "0.1.0")


def test_what_mends_a_stream_works_while_it_is_offline() -> None:
    payload = read(stream_device(HALL, TOPICS, "0.1.0"))
    assert payload["avty"] == [{"t": "wallflower/status"}, {"t": "wallflower/hall/status"}]
    assert payload["avty_mode"] == "all"
    needs_wallflower_only = {
        key
        for key, component in payload["cmps"].items()
        if component.get("avty") == [{"t": "wallflower/status"}]
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
    assert stream["speech"]["stat_t"] == "wallflower/hall/speech"
    assert stream["silence"]["stat_t"] == "wallflower/hall/health"
    assert stream["listening"]["stat_t"] == "wallflower/hall/listening"
    assert stream["listening"]["cmd_t"] == "wallflower/hall/listening/set"
    assert stream["restart"]["cmd_t"] == "wallflower/hall/command"
    assert hub["engine"]["stat_t"] == "wallflower/health"
    assert hub["listening"]["cmd_t"] == "wallflower/listening/set"
    assert hub["restart"]["cmd_t"] == "wallflower/command"


def test_unique_ids_never_meet() -> None:
    # Ids are joined with "_", which ids and keys contain: were the end of one key another
    # key, two streams could make the same id.
    keys = {
        *read(stream_device(HALL, TOPICS, "0.1.0"))["cmps"],
        *read(hub_device(TOPICS, "0.1.0"))["cmps"],
        *read(people_device(by_slug([Person(3, "Anna", None)]), (), TOPICS, "0.1.0"))["cmps"],
    }
    assert [(a, b) for a in keys for b in keys if a.endswith(f"_{b}")] == []
