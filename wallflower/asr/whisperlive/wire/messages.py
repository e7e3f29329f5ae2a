"""The server's JSON, read strictly where we rely on it and leniently elsewhere. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wallflower.asr.whisperlive.wire.events import Segment
from wallflower.domain.speech import Word


class ProtocolError(ValueError):
    """The server said something that is not WhisperLive; the message says what, in a sentence."""


@dataclass(frozen=True, slots=True)
class Said:
    """A segment and whether it is completed."""

    segment: Segment
    completed: bool


def parse(text: str | bytes) -> Mapping[str, Any]:
    """The message as an object. Raises `ProtocolError`."""
    if isinstance(text, bytes):
        raise ProtocolError("The server sent a binary message; WhisperLive sends text only.")
    try:
        message = json.loads(text)
    except ValueError:
        raise ProtocolError(f"The server sent text that is no JSON: {text[:80]!r}.") from None
    if not isinstance(message, dict):
        raise ProtocolError(f"The server sent {text[:80]!r} where an object was expected.")
    return message


def said(entries: Any) -> list[Said]:
    """The segments of a message, in order. Raises `ProtocolError`."""
    if not isinstance(entries, list):
        raise ProtocolError("The server sent segments that are no list.")
    return [_said(entry) for entry in entries]


def number(value: Any, what: str) -> float:
    """A finite number that may be written as a string. Raises `ProtocolError`."""
    try:
        read = float(value)
    except (TypeError, ValueError):
        raise ProtocolError(f"The server sent {value!r} for {what}.") from None
    if not math.isfinite(read):
        raise ProtocolError(f"The server sent {value!r} for {what}.")
    return read


def _said(entry: Any) -> Said:
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
        raise ProtocolError("The server sent a segment without text.")
    start_s = number(entry.get("start"), "a segment's start")
    end_s = number(entry.get("end"), "a segment's end")
    words = tuple(_words(entry.get("words") or ()))
    segment = Segment(start_s, max(start_s, end_s), entry["text"].strip(), words)
    return Said(segment, bool(entry.get("completed", False)))


def _words(entries: Any) -> list[Word]:
    """Words with times; a word the server splits ("3" ",000") becomes one again."""
    words: list[Word] = []
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("word"), str):
            raise ProtocolError("The server sent a word without text.")
        text = entry["word"]
        start_s = number(entry.get("start"), "a word's start")
        end_s = max(start_s, number(entry.get("end"), "a word's end"))
        sure = min(max(number(entry.get("probability", 1.0), "a word's probability"), 0.0), 1.0)
        if words and not text.startswith(" ") and text.strip():
            last = words[-1]
            words[-1] = Word(last.text + text.strip(), last.start_s, end_s, last.probability)
        elif text.strip():
            words.append(Word(text.strip(), start_s, end_s, sure))
    return words
