from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.speakers.made import START, spoken
from tests.speakers.tiny import tiny
from wallflower.domain.speech import Pcm
from wallflower.domain.voices import Sample
from wallflower.speakers import Encoder
from wallflower.speakers.re_embedding import re_embed


def sample(stream_id: str, pcm: Pcm, later_s: float = 0.0) -> Sample:
    return Sample(stream_id, pcm, 0.5, START.plus(later_s))


def test_each_stream_gets_a_print_of_its_samples(encoder: Encoder) -> None:
    samples = [
        sample("kitchen", spoken("low", 2.0)),
        sample("", spoken("low", 4.0)),
        sample("kitchen", spoken("low", 3.0), later_s=60.0),
    ]
    clip, kitchen = re_embed(samples, encoder)
    assert (clip.stream_id, kitchen.stream_id) == ("", "kitchen")
    assert kitchen.speech_s == pytest.approx(5.0, abs=0.3)
    assert kitchen.last_heard == START.plus(60.0)
    assert np.linalg.norm(kitchen.embedding) == pytest.approx(1.0)
    assert kitchen.embedding.dtype == np.float32
    assert kitchen.embedding @ clip.embedding > 0.9


def test_the_print_is_what_the_new_encoder_hears(tmp_path: Path) -> None:
    other = Encoder.load(tiny(tmp_path, "kaldi-fbank"))
    (found,) = re_embed([sample("hall", spoken("low", 3.0))], other)
    assert found.embedding.shape == (other.dimension,)


def test_samples_without_speech_teach_nothing(encoder: Encoder) -> None:
    silence = np.zeros(48_000, np.int16)
    assert re_embed([sample("hall", silence)], encoder) == ()
    assert re_embed([], encoder) == ()
    (found,) = re_embed([sample("hall", silence), sample("hall", spoken("low", 2.0))], encoder)
    assert found.speech_s == pytest.approx(2.0, abs=0.2)
