"""How what is gone leaves Home Assistant, payload by payload."""

from __future__ import annotations

import json

import pytest

from wallflower.publish.discovery import REMOVED, Device, Ledger, Payload

TOPIC = "homeassistant/device/w_hall/config"
SENSOR: Payload = {"p": "sensor", "uniq_id": "w_hall_a", "stat_t": "w/hall/a"}
EVENT: Payload = {"p": "event", "uniq_id": "w_hall_b", "stat_t": "w/hall/b", "evt_typ": ["x"]}
TRIGGER: Payload = {"p": "device_automation", "t": "w/hall/b", "pl": "help"}


def hall(kept: tuple[str, ...] = ("w/hall/status",), /, **components: Payload) -> Device:
    return Device("w_hall", {"dev": {"ids": ["w_hall"]}}, components, kept)


def steps(ledger: Ledger, *, heard: bool) -> list[object]:
    """The components of each payload that follows, until there is nothing more to tell."""
    told: list[object] = []
    last = None
    while (payload := ledger.text(TOPIC)) != last:
        told.append(json.loads(payload)["cmps"] if payload else REMOVED)
        last = payload
        ledger.told(TOPIC, heard=heard)
    return told


def announced(**components: Payload) -> Ledger:
    ledger = Ledger()
    ledger.present(TOPIC, hall(**components))
    assert steps(ledger, heard=True) == [components]
    return ledger


def test_an_entity_that_is_gone_is_removed_and_then_left_out() -> None:
    ledger = announced(a=SENSOR, b=EVENT)
    ledger.present(TOPIC, hall(a=SENSOR))
    assert steps(ledger, heard=True) == [{"a": SENSOR, "b": {"p": "event"}}, {"a": SENSOR}]
    assert ledger.show_graves() == []


def test_one_that_went_while_home_assistant_was_away_is_shown_and_removed_at_its_birth() -> None:
    ledger = announced(a=SENSOR, b=EVENT)
    ledger.present(TOPIC, hall(a=SENSOR))
    assert steps(ledger, heard=False) == [{"a": SENSOR, "b": {"p": "event"}}, {"a": SENSOR}]
    ledger = Ledger.read(ledger.write())  # Wallflower may be started again meanwhile
    assert ledger.show_graves() == [TOPIC]
    ledger.present(TOPIC, hall(a=SENSOR))
    assert steps(ledger, heard=True) == [
        {"a": SENSOR, "b": EVENT},
        {"a": SENSOR, "b": {"p": "event"}},
        {"a": SENSOR},
    ]
    assert ledger.show_graves() == []


def test_a_device_that_went_while_home_assistant_was_away() -> None:
    ledger = announced(a=SENSOR, b=EVENT)
    ledger.absent(TOPIC)
    assert ledger.stale(TOPIC) == ["w/hall/status"]
    assert steps(ledger, heard=False) == [REMOVED]
    ledger.absent(TOPIC)
    assert steps(ledger, heard=False) == [REMOVED]
    ledger.cleared(TOPIC, "w/hall/status")
    assert ledger.stale(TOPIC) == []
    ledger.show_graves()
    assert steps(ledger, heard=True) == [{"a": SENSOR, "b": EVENT}, REMOVED]
    assert ledger.topics() == ledger.left() == []


def test_a_device_that_has_left_is_known_until_its_topics_are_cleared() -> None:
    ledger = Ledger()
    ledger.present(TOPIC, hall(("w/hall/status", "w/hall/health"), a=SENSOR))
    ledger.absent(TOPIC)
    assert steps(ledger, heard=True) == [REMOVED]
    ledger = Ledger.read(ledger.write())
    assert (ledger.topics(), ledger.left()) == ([], [TOPIC])
    assert ledger.text(TOPIC) == REMOVED
    ledger.cleared(TOPIC, "w/hall/status")
    assert ledger.stale(TOPIC) == ["w/hall/health"]
    ledger.cleared(TOPIC, "w/hall/health")
    assert ledger.left() == []


def test_a_device_with_triggers_loses_them_first() -> None:
    ledger = announced(a=SENSOR, kw_help=TRIGGER)
    ledger.absent(TOPIC)
    ledger.absent(TOPIC)
    assert ledger.stale(TOPIC) == []
    assert ledger.show_graves() == [TOPIC]
    assert json.loads(ledger.text(TOPIC))["cmps"] == {
        "a": SENSOR,
        "kw_help": {"p": "device_automation"},
    }
    ledger.told(TOPIC, heard=True)
    assert ledger.stale(TOPIC) == ["w/hall/status"]
    assert ledger.text(TOPIC) == REMOVED
    ledger.told(TOPIC, heard=True)
    assert ledger.topics() == []
    assert ledger.left() == [TOPIC]


def test_triggers_are_not_remembered_by_anybody() -> None:
    ledger = announced(a=SENSOR, kw_help=TRIGGER)
    ledger.present(TOPIC, hall(a=SENSOR))
    assert steps(ledger, heard=False) == [
        {"a": SENSOR, "kw_help": {"p": "device_automation"}},
        {"a": SENSOR},
    ]
    assert ledger.show_graves() == []


@pytest.mark.parametrize("heard", [True, False])
def test_what_comes_back_is_there_again(heard: bool) -> None:
    ledger = announced(a=SENSOR, b=EVENT)
    ledger.absent(TOPIC)
    steps(ledger, heard=heard)
    ledger.present(TOPIC, hall(a=SENSOR, b=EVENT))
    assert steps(ledger, heard=heard) == [{"a": SENSOR, "b": EVENT}]
    assert ledger.show_graves() == []


def test_topics_are_cleared_once_nothing_looks_at_them() -> None:
    ledger = announced(a=SENSOR)
    ledger.present(TOPIC, hall(("w/hall/status", "w/hall/snapshot"), a=SENSOR))
    ledger.present(TOPIC, hall(("w/hall/status",), a=SENSOR))
    assert ledger.stale(TOPIC) == ["w/hall/snapshot"]
    ledger.present(TOPIC, hall(("w/hall/status", "w/hall/snapshot"), a=SENSOR))
    assert ledger.stale(TOPIC) == []


def test_topics_of_somebody_else_are_left_alone() -> None:
    ledger = Ledger()
    ledger.present(TOPIC, hall(("old/hall/status",), a=SENSOR))
    ledger.present(TOPIC, hall(("older/hall/status",), a=SENSOR))
    ledger.present(TOPIC, hall(a=SENSOR))
    ledger.disown("old")
    assert ledger.stale(TOPIC) == ["older/hall/status"]


def test_nothing_is_known_of_what_never_was() -> None:
    ledger = Ledger()
    ledger.absent(TOPIC)
    ledger.told(TOPIC, heard=True)
    assert ledger.text(TOPIC) == REMOVED
    assert ledger.stale(TOPIC) == ledger.topics() == []
