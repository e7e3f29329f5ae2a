from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from wallflower.asr.embedded import AUTO, find_model, obtain_model
from wallflower.asr.embedded.model import missing_files, model_name, offline_model
from wallflower.domain.errors import BadSettings, ModelMissing

FILES = ("config.json", "model.bin", "tokenizer.json", "vocabulary.txt")


def a_model(folder: Path, without: str = "") -> Path:
    folder.mkdir(parents=True)
    for name in FILES:
        if name != without:
            (folder / name).write_text("x")
    return folder


def test_the_offline_package_is_complete() -> None:
    folder = offline_model()
    assert folder is not None
    assert missing_files(folder) == ()
    assert model_name(folder) == "tiny.en"


def test_auto_prefers_what_is_in_the_data_folder(tmp_path: Path) -> None:
    assert find_model(AUTO, tmp_path) == offline_model()
    a_model(tmp_path / "base", without="model.bin")
    assert find_model(AUTO, tmp_path) == offline_model(), "an incomplete one does not count"
    small = a_model(tmp_path / "small")
    assert find_model(AUTO, tmp_path) == small


def test_auto_passes_over_models_of_another_language(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="no speech model for this language"):
        find_model(AUTO, tmp_path, "de")
    a_model(tmp_path / "base.en")
    base = a_model(tmp_path / "base")
    assert find_model(AUTO, tmp_path, "de") == base


@pytest.mark.parametrize("without", FILES)
def test_an_incomplete_folder_names_what_is_missing(tmp_path: Path, without: str) -> None:
    folder = a_model(tmp_path / "mine", without=without)
    with pytest.raises(ModelMissing, match=f"incomplete: {without} missing"):
        find_model(folder, tmp_path)


def test_an_empty_file_counts_as_missing(tmp_path: Path) -> None:
    folder = a_model(tmp_path / "mine")
    (folder / "model.bin").write_bytes(b"")
    assert missing_files(folder) == ("model.bin",)


def test_a_folder_that_is_not_there_is_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="There is no folder"):
        obtain_model(tmp_path / "nowhere", tmp_path)


def test_a_name_is_looked_up_in_the_data_folder_and_the_offline_package(tmp_path: Path) -> None:
    assert find_model("tiny.en", tmp_path) == offline_model()
    with pytest.raises(ModelMissing, match="not on this machine; connect"):
        find_model("small", tmp_path)
    small = a_model(tmp_path / "small")
    assert find_model("small", tmp_path) == small
    assert obtain_model("small", tmp_path) == small


def test_an_unknown_name_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"no model 'smol'.*small"):
        obtain_model("smol", tmp_path)


def test_a_model_that_cannot_be_fetched_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A port that nobody listens on: as good as no network, and the same everywhere.
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ModelMissing, match="could not be fetched"):
        obtain_model("tiny", tmp_path)
    shutil.rmtree(tmp_path / "tiny", ignore_errors=True)
