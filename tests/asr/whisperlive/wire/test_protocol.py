from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.asr.whisperlive.replay import completed, replay
from tests.asr.whisperlive.scripted import segment
from wallflower.asr.whisperlive.config import WhisperLiveConfig
from wallflower.asr.whisperlive.wire.events import (
    Completed,
    Disconnected,
    Full,
    LanguageFound,
    Ready,
    ServerError,
    SoFar,
    Translated,
    Warned,
)
from wallflower.asr.whisperlive.wire.messages import ProtocolError
from wallflower.asr.whisperlive.wire.protocol import FRAME_S, Protocol, State

URLS = ("ws://server:9090",)


def protocol(*, ready: bool = True, hotwords: tuple[str, ...] = (), **config: Any) -> Protocol:
    one = Protocol("me", WhisperLiveConfig(urls=URLS, **config), language="en", hotwords=hotwords)
    if ready:
        one.receive(message(message="SERVER_READY", backend="faster_whisper"))
    return one


def message(**content: Any) -> str:
    return json.dumps({"uid": "me", **content})


def test_it_opens_with_all_that_was_asked_for() -> None:
    one = protocol(ready=False, hotwords=("Anna", "Smith, John"), task="translate")
    hello = json.loads(one.hello())
    assert hello["uid"] == "me"
    assert hello["language"] == "en"
    assert hello["task"] == "translate"
    assert hello["model"] == "small"
    assert hello["use_vad"] is True
    assert hello["word_timestamps"] is True
    assert hello["hotwords"] == "Anna, Smith  John"
    assert not {"initial_prompt", "vad_parameters", "enable_translation"} & set(hello)


def test_options_are_passed_through() -> None:
    hello = json.loads(
        protocol(
            ready=False,
            initial_prompt="A kitchen.",
            vad_parameters={"threshold": 0.4},
            translate_to="de",
            use_vad=False,
            word_timestamps=False,
        ).hello()
    )
    assert hello["initial_prompt"] == "A kitchen."
    assert hello["vad_parameters"] == {"threshold": 0.4}
    assert (hello["enable_translation"], hello["target_language"]) == (True, "de")
    assert (hello["use_vad"], hello["word_timestamps"]) == (False, False)


def test_sound_goes_out_only_while_the_server_is_ready() -> None:
    one = protocol(ready=False)
    with pytest.raises(ProtocolError, match="opening"):
        one.frames(np.zeros(160, np.int16))
    one.receive(message(message="SERVER_READY", backend="x"))
    one.end()
    with pytest.raises(ProtocolError, match="closing"):
        one.frames(np.zeros(160, np.int16))


@given(st.integers(0, int(2.5 * FRAME_S * 16000)))
def test_sound_becomes_whole_floats_in_messages_a_server_takes(samples: int) -> None:
    pcm = np.arange(samples).astype(np.int16)
    frames = protocol().frames(pcm)
    assert all(len(frame) % 4 == 0 and 0 < len(frame) < 1 << 20 for frame in frames)
    back = np.frombuffer(b"".join(frames), "<f4") * 32768
    assert np.array_equal(back.astype(np.int16), pcm)


def test_each_message_has_its_meaning() -> None:
    one = protocol(ready=False)
    assert one.receive(message(message="SERVER_READY", backend="openvino")) == [Ready("openvino")]
    assert one.state is State.READY
    assert one.receive(message(language="de", language_prob=0.8)) == [LanguageFound("de", 0.8)]
    assert one.receive(message(status="WARNING", message="slower")) == [Warned("slower")]
    assert one.receive(message(transcript={"paragraphs": []})) == [], "newer servers tell more"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"status": "WAIT", "message": 1.5}, Full(90.0)),
        ({"status": "WAIT", "message": -0.2}, Full(0.0)),
        ({"status": "ERROR", "message": "no model"}, ServerError("no model")),
        ({"message": "DISCONNECT"}, Disconnected()),
    ],
)
def test_what_ends_a_connection_closes_it(said: dict[str, Any], meant: object) -> None:
    one = protocol(ready=False)
    assert one.receive(message(**said)) == [meant]
    assert one.state is State.CLOSING


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "[]",
        "null",
        b"\x00\x01",
        message(status="DANCE"),
        message(status="WAIT", message="soon"),
        message(message="SERVER_READY"),
        message(segments={}),
        message(segments=[{"start": "0", "end": "1"}]),
        message(segments=[{"start": "x", "end": "1", "text": "a"}]),
        message(segments=[{"start": "nan", "end": "1", "text": "a"}]),
        message(segments=[{"start": "0", "end": "1", "text": "a", "words": [{"word": 1}]}]),
        message(language="en", language_prob="sure"),
    ],
)
def test_nonsense_is_an_error_with_a_sentence(text: str | bytes) -> None:
    with pytest.raises(ProtocolError, match=r"^The server (sent|said) .*\.$"):
        protocol().receive(text)


def test_text_before_the_server_is_ready_is_nonsense() -> None:
    with pytest.raises(ProtocolError, match="before it was ready"):
        protocol(ready=False).receive(message(segments=[]))


@given(st.text(max_size=200))
def test_text_that_is_no_object_is_nonsense(text: str) -> None:
    with pytest.raises(ProtocolError):
        protocol().receive(f"[{text}]")


def test_nothing_is_said_once_it_is_closed() -> None:
    one = protocol()
    one.receive(message(segments=[segment("hello", 0, 1)]))
    assert [type(event) for event in one.lost()] == [Completed]
    assert one.state is State.CLOSED
    assert one.receive(message(segments=[segment("more", 1, 2, completed=True)])) == []
    assert one.lost() == []
    one.end()
    assert one.state is State.CLOSED


def test_translations_come_once_beside_the_text() -> None:
    one = protocol(translate_to="de")
    one.receive(message(segments=[segment("good morning", 0, 1, completed=True)]))
    translated = [segment("guten Morgen", 0, 1, completed=True, words=False)]
    (event,) = one.receive(message(translated_segments=translated))
    assert isinstance(event, Translated)
    assert event.segment.text == "guten Morgen"
    assert one.receive(message(translated_segments=translated)) == []


def test_words_that_the_server_splits_are_one() -> None:
    parts = [" costs", " 3", ",000", " euros."]
    words = [
        {"word": part, "start": str(number), "end": str(number + 1), "probability": 0.5}
        for number, part in enumerate(parts)
    ]
    said = {"start": "0", "end": "4", "text": " costs 3,000 euros.", "words": words}
    (event,) = protocol().receive(message(segments=[said]))
    assert isinstance(event, SoFar)
    assert event.segment is not None
    spoken = event.segment.words
    assert [word.text for word in spoken] == ["costs", "3,000", "euros."]
    assert (spoken[1].start_s, spoken[1].end_s) == (1.0, 3.0)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("one", "Please close the window before it rains."),
        ("wordless", "Please close the window before it rains."),
        ("ended", "Please close the window before it rains."),
        ("twice", "No. No."),
        ("noise", ""),
    ],
)
def test_recorded_sessions_give_each_sentence_once(name: str, text: str) -> None:
    assert " ".join(completed(replay(name))) == text


def test_a_recorded_full_server_says_how_long_to_wait() -> None:
    (full,), end = replay("full")
    assert isinstance(full, Full)
    assert 500 < full.wait_s <= 600
    assert end == []
