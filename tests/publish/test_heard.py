from __future__ import annotations

from dataclasses import replace

from tests.publish.rig import NOON, a_line
from wallflower.domain.events import (
    LineCommitted,
    LineCorrected,
    SpeakerForgotten,
    SpeakerHeard,
    SpeakerRenamed,
)
from wallflower.domain.speech import Line, SpeakerRef
from wallflower.domain.voices import Voice
from wallflower.publish.heard import Heard, Speaking

STRANGER = SpeakerRef(3, "Voice 3", known=False, confidence=0.8)
ANNA = SpeakerRef(4, "Anna", known=True, confidence=0.9)
ANNAS_VOICE = Voice(4, "Anna", True, "ge2e:1", (), NOON, NOON)


def line(number: int, speaker: SpeakerRef | None, stream_id: str = "hall") -> Line:
    said = a_line("Hello", at_s=number, stream_id=stream_id, speaker=speaker)
    return replace(said, id=number)


def hearing(speaker: SpeakerRef, *lines: Line) -> Heard:
    heard = Heard()
    for one in lines:
        heard.apply(LineCommitted(one.id or 0, one))
    assert heard.apply(SpeakerHeard("hall", speaker, NOON)) == ["hall"]
    return heard


def test_a_name() -> None:
    heard = hearing(STRANGER)
    assert heard.apply(SpeakerRenamed(9, 3, "Ben", known=True)) == ["hall"]
    assert heard.on("hall") == Speaking(replace(STRANGER, name="Ben", known=True), NOON)
    assert heard.apply(SpeakerRenamed(10, 7, "Cleo", known=True)) == []


def test_a_voice_that_was_somebody_elses() -> None:
    heard = hearing(STRANGER)
    assert heard.merged(3, ANNAS_VOICE) == ["hall"]
    assert heard.on("hall") == Speaking(ANNAS_VOICE.ref(0.8), NOON)
    assert heard.merged(3, ANNAS_VOICE) == []


def test_a_voice_that_is_forgotten() -> None:
    for heard, changed in (
        (by_order := hearing(ANNA), by_order.apply(SpeakerForgotten(9, 4))),
        (by_merging := hearing(ANNA), by_merging.merged(4, None)),
    ):
        assert changed == ["hall"]
        assert heard.on("hall") == Speaking(None, NOON)


def test_the_newest_line_was_of_somebody_else() -> None:
    first, second = line(1, STRANGER), line(2, STRANGER)
    heard = hearing(STRANGER, first, second, line(3, None))
    assert heard.apply(LineCorrected(9, replace(first, speaker=ANNA))) == []
    assert heard.apply(LineCorrected(10, replace(second, speaker=ANNA))) == ["hall"]
    assert heard.on("hall") == Speaking(ANNA, second.start)


def test_a_line_put_right_in_its_words_leaves_since_when_they_talk() -> None:
    heard = hearing(ANNA, line(1, ANNA))
    heard.apply(LineCorrected(9, replace(line(1, ANNA), text="Hello!")))
    assert heard.on("hall") == Speaking(ANNA, NOON)


def test_another_streams_line_is_not_this_ones() -> None:
    heard = hearing(ANNA, line(1, ANNA))
    assert heard.apply(LineCorrected(9, replace(line(1, STRANGER), stream_id="yard"))) == []


def test_what_the_store_remembers() -> None:
    heard = Heard()
    heard.remember("hall", [line(3, None), line(2, ANNA), line(1, STRANGER)])
    assert heard.on("hall") == Speaking(ANNA, line(2, None).start)
    assert heard.apply(LineCorrected(9, line(2, STRANGER))) == ["hall"]
    heard.remember("yard", [line(5, None, "yard")])
    assert heard.on("yard") == Speaking(None, line(5, None).start)
    heard.remember("attic", [])
    assert "attic" not in heard
    heard.forget()
    assert heard.on("hall") is None
