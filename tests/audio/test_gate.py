from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.audio.made import sound
from tests.audio.recordings import read_sound
from wallflower.audio.framing import STEP
from wallflower.audio.gate import Gate
from wallflower.domain.speech import Pcm


def open_steps(gate: Gate, pcm: Pcm) -> list[bool]:
    return [gate.hears(pcm[at : at + STEP]) for at in range(0, len(pcm), STEP)]


@pytest.mark.parametrize("kind", ["zero", "quiet"])
def test_stays_shut_in_a_quiet_room(kind: str) -> None:
    gate = Gate(1, 1.0)
    # The detector's noise floor starts low: it may open once in the first second and hold.
    open_steps(gate, sound((kind, 3.0)))
    assert not any(open_steps(gate, sound((kind, 30.0), seed=1)))


def test_opens_for_sound_and_holds_for_a_second_after_it() -> None:
    gate = Gate(1, 1.0)
    assert any(open_steps(gate, sound(("loud", 0.5))))
    after = open_steps(gate, np.zeros(STEP * 20, np.int16))
    # 1.0 s is 7.8 steps; the detector itself still hears the first one or two.
    assert 7 <= after.count(True) <= 10
    assert after == sorted(after, reverse=True)


def test_takes_steps_of_any_length() -> None:
    pcm = sound(("loud", 0.3), ("zero", 3.0))
    gate = Gate(1, 0.5)
    opened = [gate.hears(pcm[at : at + 100]) for at in range(0, len(pcm), 100)]
    assert opened[20]
    assert not opened[-1]
    assert not gate.hears(pcm[:0])


@pytest.mark.speech
def test_is_open_while_people_talk(speech: Path) -> None:
    gate = Gate(1, 1.0)
    opened = open_steps(gate, read_sound(speech / "asr/librivox-0870.flac"))
    assert np.mean(opened) > 0.95
