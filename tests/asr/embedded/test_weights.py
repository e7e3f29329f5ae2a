from __future__ import annotations

from pathlib import Path

import pytest

from wallflower.asr.embedded.decode import Decoder
from wallflower.asr.embedded.weights import Weights, load
from wallflower.domain.errors import BadSettings, EngineFailed, ModelMissing


def test_an_english_model_refuses_other_languages(weights: Weights) -> None:
    weights.require("en", "transcribe")
    weights.require(None, "transcribe")
    with pytest.raises(BadSettings, match=r"only writes English.*'tiny'"):
        Decoder(weights, language="de")
    with pytest.raises(BadSettings, match="only writes English"):
        weights.require("en", "translate")


def test_unknown_languages_and_tasks_are_wrong_settings(weights: Weights) -> None:
    with pytest.raises(BadSettings, match="no language 'xx'"):
        weights.require("xx", "transcribe")
    with pytest.raises(BadSettings, match="'sing' is not one of"):
        weights.require("en", "sing")


def test_a_missing_folder_is_a_missing_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        load(tmp_path / "nowhere")


def test_damaged_weights_are_told(tmp_path: Path) -> None:
    for name in ("config.json", "model.bin", "tokenizer.json", "vocabulary.txt"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(EngineFailed, match="cannot be read"):
        load(tmp_path)
