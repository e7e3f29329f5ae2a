from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from wallflower.speakers.front_ends import (
    FrontEnd,
    KaldiFbank,
    ReDimNet2,
    SlaneyPower,
    Waveform,
    front_end,
)


@pytest.mark.parametrize(
    "made", [SlaneyPower(), KaldiFbank(bands=64, window="hann"), ReDimNet2(), Waveform()]
)
def test_a_front_end_is_made_from_its_own_words(made: Any) -> None:
    assert front_end(asdict(made)) == made


def test_what_is_not_said_is_as_usual() -> None:
    usual: FrontEnd = front_end({"kind": "kaldi-fbank"})
    assert usual == KaldiFbank()


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({}, "kind 'None'; there are mel-power-slaney, kaldi-fbank"),
        ({"kind": "mfcc"}, "kind 'mfcc'"),
        ({"kind": "kaldi-fbank", "band": 80}, "no parameter 'band'; kaldi-fbank has kind, bands"),
        ({"kind": "kaldi-fbank", "window": "flat"}, "a window 'flat'; there are povey"),
        ({"kind": "kaldi-fbank", "high_hz": 9000.0}, "0 to 8000 Hz"),
        ({"kind": "kaldi-fbank", "bands": 0}, "without bands"),
        ({"kind": "mel-power-slaney", "bands": 80}, "other parameters than Resemblyzer's"),
    ],
)
def test_nonsense_is_named(said: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        front_end(said)
