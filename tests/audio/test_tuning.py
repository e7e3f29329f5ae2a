from __future__ import annotations

from typing import Any

import pytest

from wallflower.audio import SegmenterSettings
from wallflower.domain.errors import BadSettings


def test_the_defaults_are_sound() -> None:
    assert SegmenterSettings().partial_every_s is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"gate_mode": 4},
        {"stop_probability": 0.6},
        {"start_probability": 0.9},
        {"sure_probability": 1.1},
        {"post_roll_s": 0.3},
        {"end_pause_s": 0.2},
        {"gate_hold_s": 0.5},
        {"pre_roll_s": -0.1},
        {"warm_up_s": -1.0},
        {"min_speech_s": 0.0},
        {"confirm_within_s": 0.05},
        {"max_s": 2.0},
        {"partial_every_s": 0.0},
    ],
    ids=str,
)
def test_contradictions_are_refused_in_a_sentence(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadSettings, match=next(iter(wrong))):
        SegmenterSettings(**wrong)
