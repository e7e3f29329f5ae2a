from __future__ import annotations

import numpy as np
import pytest

from tests.speakers.prints import CALIBRATION, heard, known, stretch, voice
from wallflower.domain.prints import Prints
from wallflower.domain.speech import SpeakerRef, Turn, VoicesHeard
from wallflower.speakers.hindsight import recording
from wallflower.speakers.hindsight.recording import look_again

ANY = SpeakerRef(77, "Voice 77", known=False, confidence=0.3)


def utterance(person: int, seed: int, windows: int = 5) -> VoicesHeard:
    """What was announced is of no matter: one voice for everybody."""
    prints = stretch(heard(voice(person), windows, seed=seed))
    return VoicesHeard((Turn(0.0, 0.8 * windows, ANY),), prints)


def names(heard_: list[VoicesHeard]) -> list[str]:
    assert all(len(each.turns) == 1 for each in heard_)
    return [each.turns[0].speaker.name for each in heard_]


def test_voices_are_numbered_in_the_order_they_speak() -> None:
    talk = [utterance((0, 2, 1)[turn % 3], turn) for turn in range(15)]
    assert names(look_again(talk, (), CALIBRATION)) == ["Voice 1", "Voice 2", "Voice 3"] * 5


def test_a_turn_covers_all_its_windows() -> None:
    (turn,) = look_again([utterance(0, 1)], (), CALIBRATION)[0].turns
    assert (turn.start_s, turn.end_s) == (0.0, 4.0)
    assert turn.speaker.confidence > 0.9


def test_people_of_the_house_keep_their_names() -> None:
    house = known(voice(0), stream="kitchen", speech_s=60.0)
    found = look_again([utterance(turn % 2, turn) for turn in range(10)], house, CALIBRATION)
    assert names(found) == ["Voice 1", "Voice 2"] * 5
    assert found[0].turns[0].speaker.id == house[0].id


def test_speech_too_short_for_a_print_stays_as_it_was() -> None:
    nothing = VoicesHeard((Turn(0.0, 0.2, ANY),), None)
    assert look_again([nothing], (), CALIBRATION) == [nothing]


def test_where_two_talk_all_the_time_the_louder_one_is_named_like_everywhere() -> None:
    """Not by the number it was announced with: that may be somebody else's now."""
    talk = [utterance(turn % 2, turn) for turn in range(10)]
    clean = stretch(heard(voice(1), 5, seed=11))
    both = np.ones(5, np.bool_)
    prints = Prints("test", clean.windows, clean.edges_s, both, 17.0)
    at_once = VoicesHeard((Turn(0.0, 4.0, ANY),), prints)
    assert names(look_again([*talk, at_once], (), CALIBRATION))[-1] == "Voice 2"


def test_long_recordings_are_one_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "BLOCK_WINDOWS", 40)
    talk = [utterance(turn % 2, turn) for turn in range(24)]
    assert names(look_again(talk, (), CALIBRATION)) == ["Voice 1", "Voice 2"] * 12
