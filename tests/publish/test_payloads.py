from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.publish.rig import NOON, Engine, a_line
from tests.support.engine import quality
from wallflower.domain.engine import ServerState
from wallflower.domain.events import (
    KeywordHeard,
    PartialHeard,
    SilenceChanged,
    SpeakerForgotten,
    SpeakerMerged,
    SpeakerRenamed,
)
from wallflower.domain.speech import SpeakerRef
from wallflower.domain.streams import StreamHealth, StreamSpec, StreamState
from wallflower.publish import payloads
from wallflower.publish.payloads import Answer
from wallflower.publish.whereabouts import Person, Stay

ANNA = SpeakerRef(3, "Anna", known=True, confidence=0.91234)


def test_a_transcript() -> None:
    line = a_line("Somebody's at the door.", at_s=1.25, speaker=ANNA)
    assert json.loads(payloads.transcript(line)) == {
        "id": None,
        "stream": "hall",
        "text": "Somebody's at the door.",
        "speaker": {"id": 3, "name": "Anna", "known": True, "confidence": 0.912, "sure": True},
        "language": "en",
        "confidence": 0.877,
        "start": "2026-03-01T12:00:01.250Z",
        "end": "2026-03-01T12:00:03.250Z",
    }


def test_a_transcript_of_nobody_known() -> None:
    assert json.loads(payloads.transcript(a_line("Oh.")))["speaker"] is None


def test_text_stays_readable() -> None:
    assert 'Grüß dich 🌼 \\"so\\"' in payloads.transcript(a_line('Grüß dich 🌼 "so"'))


def test_a_partial() -> None:
    heard = PartialHeard("hall", "Somebody's at", NOON)
    assert json.loads(payloads.partial(heard)) == {
        "stream": "hall",
        "text": "Somebody's at",
        "start": "2026-03-01T12:00:00.000Z",
    }


def test_a_speaker() -> None:
    assert json.loads(payloads.speaker(ANNA, NOON)) == {
        "id": 3,
        "name": "Anna",
        "known": True,
        "sure": True,
        "since": "2026-03-01T12:00:00.000Z",
    }


def test_a_speaker_nobody_can_tell() -> None:
    assert json.loads(payloads.speaker(None, NOON)) == {
        "id": None,
        "name": None,
        "known": False,
        "sure": False,
        "since": "2026-03-01T12:00:00.000Z",
    }


def test_somebody_starts_to_talk() -> None:
    line = replace(a_line("Hello.", at_s=1.25), id=7)
    assert json.loads(payloads.speaker_event(line, ANNA)) == {
        "event_type": "known_speaker",
        "speaker": "Anna",
        "speaker_id": 3,
        "confidence": 0.912,
        "stream": "hall",
        "line_id": 7,
        "ts": "2026-03-01T12:00:01.250Z",
    }
    stranger = replace(ANNA, name="Voice 3", known=False)
    assert json.loads(payloads.speaker_event(line, stranger))["event_type"] == "unknown_speaker"


def test_a_person() -> None:
    anna = Person(3, "Anna", Stay("hall", NOON, NOON.plus(60.0)))
    hall = StreamSpec("hall", "The hall", "rtsp://u:secret@h/1", area="Ground floor")
    assert json.loads(payloads.person(anna, hall)) == {
        "id": 3,
        "name": "Anna",
        "stream": "hall",
        "stream_name": "The hall",
        "area": "Ground floor",
        "since": "2026-03-01T12:00:00.000Z",
        "last_heard": "2026-03-01T12:01:00.000Z",
    }


def test_a_person_where_no_camera_is_any_more_and_one_never_heard() -> None:
    anna = Person(3, "Anna", Stay("hall", NOON, NOON))
    assert json.loads(payloads.person(anna, None))["stream_name"] == "hall"
    silent = json.loads(payloads.person(Person(3, "Anna", None), None))
    assert silent.pop("id") == 3
    assert silent.pop("name") == "Anna"
    assert set(silent.values()) == {None}


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (
            SpeakerRenamed(1, 3, "Anna", known=True),
            {"kind": "renamed", "speaker_id": 3, "name": "Anna", "known": True},
        ),
        (SpeakerMerged(1, 3, 4), {"kind": "merged", "speaker_id": 3, "into_id": 4}),
        (SpeakerForgotten(1, 3), {"kind": "forgotten", "speaker_id": 3}),
    ],
)
def test_what_was_found_out_about_voices(
    event: SpeakerRenamed | SpeakerMerged | SpeakerForgotten, told: dict[str, object]
) -> None:
    assert json.loads(payloads.voices_corrected(event)) == told


def test_a_streams_health() -> None:
    health = StreamHealth(
        "hall",
        StreamState.RETRYING,
        detail="The camera does not answer.",
        code="stream_unreachable",
        restarts=2,
        dropped_s=1.26,
        fps=14.96,
    )
    assert json.loads(payloads.stream_health(health)) == {
        "state": "retrying",
        "silent": False,
        "fps": 15.0,
        "restarts": 2,
        "dropped_s": 1.3,
        "detail": "The camera does not answer.",
        "code": "stream_unreachable",
        "last_command": None,
    }


def test_what_became_of_an_order() -> None:
    health = StreamHealth("hall", StreamState.STREAMING)
    answer = Answer("snapshot", "The camera does not answer.", NOON)
    assert json.loads(payloads.stream_health(health, answer))["last_command"] == {
        "command": "snapshot",
        "ok": False,
        "detail": "The camera does not answer.",
        "ts": NOON.iso(),
    }
    done = json.loads(payloads.stream_health(health, replace(answer, error=None)))
    assert done["last_command"]["ok"] is True


BLOCKED = {"device_class", "event_types", "state", "icon", "friendly_name", "entity_id"} | {
    "unit_of_measurement",
    "supported_features",
    "entity_picture",
}
"""What Home Assistant takes for its own among an event's attributes."""


def test_a_keyword() -> None:
    heard = KeywordHeard("hall", "help", False, "I need help", ANNA, 0.91234, 7, NOON)
    told = json.loads(payloads.keyword_event(heard))
    assert told == {
        "event_type": "keyword",
        "keyword": "help",
        "text": "I need help",
        "speaker": "Anna",
        "speaker_id": 3,
        "known": True,
        "sure": True,
        "confidence": 0.912,
        "stream": "hall",
        "line_id": 7,
        "ts": NOON.iso(),
    }
    assert not BLOCKED & told.keys()


def test_an_emergency_of_nobody_known() -> None:
    heard = KeywordHeard("hall", "help", True, "help", None, 0.5, None, NOON)
    told = json.loads(payloads.keyword_event(heard))
    assert told["event_type"] == "emergency"
    assert (told["speaker"], told["speaker_id"], told["known"], told["sure"]) == (
        None,
        None,
        False,
        False,
    )


@pytest.mark.parametrize(("silent", "kind"), [(True, "silence"), (False, "speech_resumed")])
def test_silence(silent: bool, kind: str) -> None:
    told = json.loads(payloads.silence_event(SilenceChanged("hall", silent, 12.345, NOON)))
    assert told == {"event_type": kind, "minutes": 12.3, "stream": "hall", "ts": NOON.iso()}
    assert not BLOCKED & told.keys()


def test_the_houses_health() -> None:
    health = payloads.house_health(
        version="0.1.0",
        node_id="a1b2",
        started_at=NOON,
        engine=Engine(
            ready=False, backlog_s=2.34, servers=(quality(ServerState.AWAY),), taken_over=4
        ),
        streams_total=3,
        streams_online=2,
        lines_skipped=7,
    )
    assert json.loads(health) == {
        "version": "0.1.0",
        "node": "a1b2",
        "started_at": "2026-03-01T12:00:00.000Z",
        "engine": "embedded",
        "engine_ready": False,
        "backlog_s": 2.3,
        "streams_total": 3,
        "streams_online": 2,
        "lines_skipped": 7,
        "servers": [
            {
                "name": "box:9090",
                "state": "away",
                "detail": None,
                "lag_s": 0.5,
                "round_trip_ms": 2,
                "sent_s": 10,
                "dropped_s": 1,
                "reconnects": 3,
            }
        ],
        "taken_over": 4,
        "last_command": None,
    }
