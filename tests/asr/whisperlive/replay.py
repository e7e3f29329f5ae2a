"""Recorded sessions, through the protocol."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wallflower.asr.whisperlive.config import WhisperLiveConfig
from wallflower.asr.whisperlive.wire.events import Completed, Event
from wallflower.asr.whisperlive.wire.protocol import Protocol

FOLDER = Path(__file__).with_name("recorded")


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text().splitlines()]


def replay(name: str) -> list[list[Event]]:
    """The events of each message of the session, and of its end as the last."""
    window = json.loads(lines(name)[0]["sent"])["send_last_n_segments"]
    config = WhisperLiveConfig(urls=("ws://recorded",), send_last_n_segments=window)
    protocol = Protocol(name, config, language="en")
    events = []
    for line in lines(name):
        if "got" in line:
            events.append(protocol.receive(line["got"]))
        elif "end" in line:
            protocol.end()
        elif "closed" in line:
            events.append(protocol.lost())
    return events


def completed(events: list[list[Event]]) -> list[str]:
    """All text that was completed, in order."""
    return [event.segment.text for some in events for event in some if isinstance(event, Completed)]
