from __future__ import annotations

import json

import pytest

from tests.publish.rig import NOON
from tests.support.clock import ManualClock
from tests.support.house import MemoryHouse
from wallflower.domain.events import (
    Event,
    HouseListeningChanged,
    SpeakerHeard,
    SpeakerRenamed,
    SpeechChanged,
    StreamChanged,
    StreamHealthChanged,
    StreamRemoved,
)
from wallflower.domain.speech import SpeakerRef
from wallflower.domain.streams import StreamHealth, StreamState
from wallflower.publish.answers import Answers
from wallflower.publish.payloads import Message
from wallflower.publish.present import Present
from wallflower.publish.topics import Topics
from wallflower.runtime.bus import Bus

STRANGER = SpeakerRef(3, "Voice 1", known=False, confidence=0.8)


@pytest.fixture
async def house() -> MemoryHouse:
    house = MemoryHouse(Bus(), StreamState.STREAMING)
    await house.add(name="Hall", url="rtsp://h/1")
    await house.add(name="Yard", url="rtsp://h/2")
    return house


@pytest.fixture
def present(house: MemoryHouse) -> Present:
    return Present(house, Topics("w", "homeassistant", "a1b2"), Answers(ManualClock()))


def plain(messages: list[Message]) -> dict[str, str]:
    assert all(message.retain and message.qos == 1 for message in messages)
    return {message.topic: str(message.payload) for message in messages}


def test_everything(present: Present) -> None:
    everything = plain(present.all())
    assert {topic for topic in everything if "yard" not in topic} == {
        "w/listening",
        "w/hall/status",
        "w/hall/health",
        "w/hall/listening",
        "w/hall/speech",
    }
    assert everything["w/hall/speech"] == "OFF"
    assert everything["w/hall/status"] == "online"
    assert everything["w/listening"] == "ON"


def test_speech_and_speaker_are_remembered(present: Present) -> None:
    assert plain(present.apply(SpeechChanged("hall", on=True, at=NOON))) == {"w/hall/speech": "ON"}
    heard = plain(present.apply(SpeakerHeard("hall", STRANGER, NOON)))
    assert json.loads(heard["w/hall/speaker"])["name"] == "Voice 1"
    everything = plain(present.all())
    assert everything["w/hall/speech"] == "ON"
    assert everything["w/yard/speech"] == "OFF"
    assert everything["w/hall/speaker"] == heard["w/hall/speaker"]


def test_after_lost_events_nobody_is_believed_to_talk(present: Present) -> None:
    present.apply(SpeechChanged("hall", on=True, at=NOON))
    present.silence()
    assert plain(present.all())["w/hall/speech"] == "OFF"


def test_a_name_reaches_the_speaker_that_is_shown(present: Present) -> None:
    present.apply(SpeakerHeard("hall", STRANGER, NOON))
    present.apply(SpeakerHeard("yard", SpeakerRef(4, "Ben", known=True, confidence=1.0), NOON))
    renamed = plain(present.apply(SpeakerRenamed(9, 3, "Anna", known=True)))
    assert list(renamed) == ["w/hall/speaker"]
    assert json.loads(renamed["w/hall/speaker"]) == {
        "id": 3,
        "name": "Anna",
        "known": True,
        "sure": True,
        "since": NOON.iso(),
    }


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (StreamState.CONNECTING, "offline"),
        (StreamState.STREAMING, "online"),
        (StreamState.MUTED, "online"),
        (StreamState.RETRYING, "offline"),
        (StreamState.FAILED, "offline"),
        (StreamState.STOPPED, "offline"),
    ],
)
def test_availability(present: Present, state: StreamState, status: str) -> None:
    changed = plain(present.apply(StreamHealthChanged(StreamHealth("hall", state))))
    assert changed["w/hall/status"] == status
    assert json.loads(changed["w/hall/health"])["state"] == state.value


async def test_switches(present: Present, house: MemoryHouse) -> None:
    assert plain(present.apply(HouseListeningChanged(on=False))) == {"w/listening": "OFF"}
    await house.set_listening("hall", on=False)
    changed = plain(present.apply(StreamChanged(house.stream("hall"))))
    assert changed["w/hall/listening"] == "OFF"


async def test_late_facts_of_a_removed_stream_leave_no_trace(
    present: Present, house: MemoryHouse
) -> None:
    spec = house.stream("hall")
    present.apply(SpeechChanged("hall", on=True, at=NOON))
    await house.remove("hall")
    late: list[Event] = [
        StreamRemoved("hall"),
        SpeechChanged("hall", on=True, at=NOON),
        SpeakerHeard("hall", STRANGER, NOON),
        StreamHealthChanged(StreamHealth("hall", StreamState.RETRYING)),
        StreamChanged(spec),
    ]
    assert [present.apply(event) for event in late] == [[]] * len(late)
    assert not any("hall" in topic for topic in plain(present.all()))


def test_farewell(present: Present) -> None:
    assert plain(present.farewell()) == {
        "w/hall/status": "offline",
        "w/yard/status": "offline",
        "w/status": "offline",
    }
