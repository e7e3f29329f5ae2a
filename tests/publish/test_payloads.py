from __future__ import annotations

import json

from tests.publish.rig import NOON, Engine, a_line
from wallflower.domain.events import PartialHeard
from wallflower.domain.speech import SpeakerRef
from wallflower.domain.streams import StreamHealth, StreamState
from wallflower.publish import payloads

ANNA = SpeakerRef(3, "Anna", known=True, confidence=0.91234)


def test_a_transcript() -> None:
    line = a_line("Somebody's at the door.", at_s=1.25, speaker=ANNA)
    assert json.loads(payloads.transcript(line)) == {
        "id": None,
        "stream": "hall",
        "text": "Somebody's at the door.",
        "speaker": {"id": 3, "name": "Anna", "known": True, "confidence": 0.912},
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
        "since": "2026-03-01T12:00:00.000Z",
    }


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
    }


def test_the_houses_health() -> None:
    health = payloads.house_health(
        version="0.1.0",
        node_id="a1b2",
        started_at=NOON,
        engine=Engine(ready=False, backlog_s=2.34),
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
    }
