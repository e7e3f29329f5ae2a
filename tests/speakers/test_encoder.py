from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.speakers.made import VOICES, spoken
from wallflower.domain.errors import ModelMissing
from wallflower.runtime.inference import devices
from wallflower.speakers import Encoder
from wallflower.speakers.encoder import BATCH, SHIPPED


def test_prints_of_one_voice_are_alike_and_of_two_are_not(encoder: Encoder) -> None:
    takes = [
        spoken(voice, 2.0)[at : at + encoder.window_samples]
        for voice in VOICES
        for at in (0, 14_000)
    ]
    prints = encoder.embed(takes)
    assert prints.shape == (6, encoder.dimension)
    assert prints.dtype == np.float32
    likeness = prints @ prints.T
    for own in range(6):
        others = np.delete(likeness[own], [own, own ^ 1])
        assert likeness[own, own ^ 1] > 0.7 > others.max()


def test_each_print_has_length_1_and_hardly_depends_on_its_batch(encoder: Encoder) -> None:
    sound = spoken("middle", 6.0)
    windows = [sound[at : at + 16_000] for at in range(0, 80_000, 4_000)]
    windows[3] = sound[:9_000]
    assert len(windows) > BATCH
    together = encoder.embed(windows)
    alone = np.concatenate([encoder.embed([window]) for window in windows])
    # Steps of 8 bit follow the largest state in a batch, so its company matters a little.
    assert (together * alone).sum(axis=1).min() > 0.998
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)


def test_how_far_away_somebody_speaks_hardly_matters(encoder: Encoder) -> None:
    near, far, farther = (spoken("low", 1.0, level=level) for level in (0.03, 0.006, 0.002))
    prints = encoder.embed([near, far, farther])
    assert (prints @ prints.T).min() > 0.98


def test_nothing_and_silence_are_no_trouble(encoder: Encoder) -> None:
    assert encoder.embed([]).shape == (0, encoder.dimension)
    assert np.isfinite(encoder.embed([np.zeros(16_000, np.int16)])).all()


def test_its_name_holds_its_version(encoder: Encoder) -> None:
    assert encoder.name == "ge2e-resemblyzer 0.1.4"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED, tmp_path / "model")
    return tmp_path / "model"


def test_another_folder_can_hold_the_encoder(copied: Path) -> None:
    assert Encoder.load(copied).dimension == 256


def test_an_absent_encoder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="export-encoder"):
        Encoder.load(tmp_path)


def test_a_damaged_file_is_reported(copied: Path) -> None:
    model = copied / "ge2e-fast.onnx"
    model.write_bytes(model.read_bytes()[:-1000])
    with pytest.raises(ModelMissing, match="damaged"):
        Encoder.load(copied)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"features": {}}'])
def test_a_manifest_without_sense_is_reported(copied: Path, text: str) -> None:
    (copied / "encoder.json").write_text(text)
    with pytest.raises(ModelMissing, match=r"encoder\.json"):
        Encoder.load(copied)


def change(folder: Path, **fields: object) -> None:
    path = folder / "encoder.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def test_an_encoder_for_another_front_end_is_refused(copied: Path) -> None:
    features = json.loads((copied / "encoder.json").read_text())["features"]
    change(copied, features={**features, "bands": 80})
    with pytest.raises(ModelMissing, match="features"):
        Encoder.load(copied)


def test_a_dimension_that_is_not_the_models_is_refused(copied: Path) -> None:
    change(copied, dimension=192, calibration={})
    with pytest.raises(ModelMissing, match="shape"):
        Encoder.load(copied)


def test_a_device_that_is_not_there_is_not_missed(caplog: pytest.LogCaptureFixture) -> None:
    away = next(name for name in ("cuda", "openvino") if name not in devices("auto"))
    fallen_back = Encoder.load(device=away)
    assert fallen_back.device == "cpu"
    assert f"The speaker encoder computes on cpu, since it cannot use {away}: " in caplog.text
    assert str(fallen_back.why_cpu) in caplog.text


def test_a_model_of_no_use_is_refused_on_the_cpu_too(copied: Path) -> None:
    change(copied, dimension=192, calibration={})
    with pytest.raises(ModelMissing, match="shape"):
        Encoder.load(copied, "cuda")
