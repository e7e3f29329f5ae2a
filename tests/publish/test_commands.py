from __future__ import annotations

import pytest

from wallflower.domain.errors import BadInput
from wallflower.publish.commands import (
    Birth,
    Command,
    Death,
    Restart,
    SetListening,
    TakeSnapshot,
    TellLines,
    parse,
)
from wallflower.publish.topics import Topics

TOPICS = Topics("wallflower", "homeassistant", "a1b2")


@pytest.mark.parametrize(
    ("topic", "payload", "command"),
    [
        ("wallflower/listening/set", b"ON", SetListening(None, on=True)),
        ("wallflower/listening/set", b"off", SetListening(None, on=False)),
        ("wallflower/hall/listening/set", b"OFF\n", SetListening("hall", on=False)),
        # A stream that is called as a topic of the house.
        ("wallflower/listening/listening/set", b"ON", SetListening("listening", on=True)),
        ("wallflower/command/command", b"restart", Restart("command")),
        ("wallflower/command", b"restart", Restart(None)),
        ("wallflower/hall/command", b"restart", Restart("hall")),
        ("homeassistant/status", b"online", Birth()),
        ("homeassistant/status", b"offline", Death()),
        ("homeassistant/status", b"hello", None),
        ("wallflower/hall/command", b"Snapshot", TakeSnapshot("hall")),
        ("wallflower/hall/command", b"lines", TellLines("hall")),
        ("wallflower/hall/speech", b"ON", None),
    ],
)
def test_parse(topic: str, payload: bytes, command: Command | None) -> None:
    assert parse(TOPICS, topic, payload) == command


@pytest.mark.parametrize(
    ("topic", "payload", "takes"),
    [
        ("wallflower/listening/set", b"", "takes ON or OFF, not ''"),
        ("wallflower/listening/set", b"maybe", "takes ON or OFF, not 'maybe'"),
        ("wallflower/hall/listening/set", b"\xff\x00", "takes ON or OFF"),
        ("wallflower/command", b"reboot" * 100, "takes restart, not 'reboot"),
        ("wallflower/hall/command", b'{"restart": true}', "takes restart or snapshot or lines"),
        ("wallflower/command", b"snapshot", "takes restart, not"),
    ],
)
def test_a_payload_that_is_no_command(topic: str, payload: bytes, takes: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(TOPICS, topic, payload)
    assert topic in str(caught.value)
    assert takes in str(caught.value)
    assert len(str(caught.value)) < 150
