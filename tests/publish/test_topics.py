from __future__ import annotations

import pytest

from wallflower.publish.topics import Topics

TOPICS = Topics("home/ears", "ha", "a1b2")


def test_the_house() -> None:
    assert TOPICS.status == "home/ears/status"
    assert TOPICS.health == "home/ears/health"
    assert TOPICS.listening == "home/ears/listening"
    assert TOPICS.listening_set == "home/ears/listening/set"
    assert TOPICS.command == "home/ears/command"


def test_a_stream() -> None:
    hall = TOPICS.of("hall")
    assert hall.transcript == "home/ears/hall/transcript"
    assert hall.correction == "home/ears/hall/correction"
    assert hall.partial == "home/ears/hall/partial"
    assert hall.listening_set == "home/ears/hall/listening/set"
    assert hall.command == "home/ears/hall/command"
    assert hall.event_speaker == "home/ears/hall/event/speaker"
    assert hall.event_keyword == "home/ears/hall/event/keyword"
    assert hall.event_silence == "home/ears/hall/event/silence"
    kept = {
        "home/ears/hall/status",
        "home/ears/hall/health",
        "home/ears/hall/speaker",
        "home/ears/hall/speech",
        "home/ears/hall/listening",
    }
    assert set(hall.retained(snapshot=False)) == kept
    assert set(hall.retained(snapshot=True)) == kept | {"home/ears/hall/snapshot"}


def test_devices() -> None:
    assert TOPICS.device(None) == "wallflower_a1b2"
    assert TOPICS.device("hall") == "wallflower_a1b2_hall"
    assert TOPICS.discovery("wallflower_a1b2") == "ha/device/wallflower_a1b2/config"
    assert TOPICS.birth == "ha/status"


@pytest.mark.parametrize("node_id", ["", "A1", "a-b", "a/b", "a+", "a_b"])
def test_a_node_id_that_would_break_topics(node_id: str) -> None:
    with pytest.raises(ValueError, match="node id"):
        Topics("wallflower", "homeassistant", node_id)
