"""Encoders that people bring: one of each kind of features, and what can be wrong with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.speakers.made import spoken
from tests.speakers.tiny import DIMENSIONS, tiny
from wallflower.domain.errors import ModelMissing
from wallflower.speakers import Encoder


@pytest.mark.parametrize("kind", DIMENSIONS)
def test_any_kind_of_encoder_gives_prints(tmp_path: Path, kind: str) -> None:
    encoder = Encoder.load(tiny(tmp_path, kind))
    assert encoder.name == f"tiny {kind} 1"
    assert encoder.window_samples == 24_000
    windows = [spoken(voice, 1.5) for voice in ("low", "middle", "high", "low")]
    prints = encoder.embed(windows)
    assert prints.shape == (4, DIMENSIONS[kind])
    np.testing.assert_allclose(np.linalg.norm(prints, axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(prints[0], prints[3], atol=1e-5)
    assert (prints @ prints[0])[1:3].max() < 0.9999


@pytest.mark.parametrize("kind", DIMENSIONS)
def test_windows_of_any_length_will_do(tmp_path: Path, kind: str) -> None:
    encoder = Encoder.load(tiny(tmp_path, kind))
    sound = spoken("low", 3.0)
    prints = encoder.embed([sound[:length] for length in (160, 8_000, 48_000, 8_000)])
    assert np.isfinite(prints).all()
    np.testing.assert_allclose(prints[1], prints[3], atol=1e-6)


def test_a_graph_for_one_window_at_a_time_is_run_so(tmp_path: Path) -> None:
    """ReDimNet2's published graphs are."""
    encoder = Encoder.load(tiny(tmp_path, "redimnet2"))
    windows = [spoken(voice, 1.5) for voice in ("low", "high")]
    together = encoder.embed(windows)
    for print_, window in zip(together, windows, strict=True):
        np.testing.assert_allclose(encoder.embed([window])[0], print_, atol=1e-6)


def test_bands_may_be_asked_for_as_the_model_wants_them(tmp_path: Path) -> None:
    wrong = {"kind": "kaldi-fbank", "bands": 64}
    with pytest.raises(ModelMissing, match=r"shape .*80.*kaldi-fbank features have .*64"):
        Encoder.load(tiny(tmp_path, "kaldi-fbank", features=wrong))
    first = {"kind": "kaldi-fbank", "bands_first": True}
    with pytest.raises(ModelMissing, match="does not take what its manifest says") as raised:
        Encoder.load(tiny(tmp_path, "kaldi-fbank", features=first))
    assert "\n" not in str(raised.value)


def test_an_encoder_that_nobody_measured_has_plain_odds(tmp_path: Path) -> None:
    encoder = Encoder.load(tiny(tmp_path, "waveform", calibration={"own_cosine": 0.8}))
    print_ = encoder.embed([spoken("low", 1.5)])
    known = encoder.calibration.enrol(print_, np.array([1.5]))
    same, opposite = encoder.calibration.log_odds(
        np.concatenate([print_, -print_]), np.array([1.5, 1.5]), [known], 20.0
    )[:, 0]
    assert same > 0 > opposite


MANIFESTS: list[tuple[dict[str, Any], str]] = [
    ({"sample_rate": 8000}, "sound at 8000 Hz"),
    ({"window_s": 9.0}, "a window of 9.0 s is not within 0.5 to 5.0"),
    ({"dimension": 7}, "no output of the shape its manifest says: 7 numbers"),
    ({"dimension": 1}, "dimension is below 2"),
    ({"file": "../tiny.onnx"}, "not in the same folder"),
    ({"name": ""}, "name is empty"),
    ({"colour": "blue"}, "no key 'colour'"),
    ({"features": "waveform"}, "features are no object"),
    ({"features": {"kind": "mfcc"}}, "kind 'mfcc'; there are"),
    ({"sha256": "0" * 64}, "damaged"),
    ({"calibration": {"own_cosine": 1.5}}, "own_cosine is not within"),
    ({"calibration": {"cosine": 0.5}}, "no number 'cosine'"),
    ({"calibration": {"file": "none.npz"}}, "missing"),
]


@pytest.mark.parametrize(("changed", "complaint"), MANIFESTS)
def test_what_is_wrong_with_a_manifest_is_said_in_one_sentence(
    tmp_path: Path, changed: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ModelMissing, match=complaint) as raised:
        Encoder.load(tiny(tmp_path, "waveform", **changed))
    assert "\n" not in str(raised.value)


def test_a_window_too_short_for_the_features_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="too short for redimnet2"):
        Encoder.load(tiny(tmp_path, "redimnet2", window_s=0.6))


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    folder = tiny(tmp_path, "waveform")
    (folder / "tiny.onnx").write_bytes(b"")
    manifest = json.loads((folder / "encoder.json").read_text())
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    (folder / "encoder.json").write_text(json.dumps({**manifest, "sha256": empty}))
    with pytest.raises(ModelMissing, match="no model that ONNX Runtime can run"):
        Encoder.load(folder)
