"""What stands beside an encoder's ONNX file: `encoder.json`, and the check that all of it fits.

docs/encoders.md describes the file for people who bring an encoder of their own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from wallflower.domain.errors import ModelMissing
from wallflower.domain.times import SAMPLE_RATE
from wallflower.speakers.front_ends import FrontEnd, front_end
from wallflower.speakers.odds.calibration import Calibration
from wallflower.speakers.odds.measured import Measured, Unmeasured, calibration_of, measured_or_not

FILE_NAME: Final = "encoder.json"
WINDOW_S: Final = (0.5, 5.0)
"""A window is at least and at most so long: turns are told apart by it."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of `encoder.json`."""

    name: str
    version: str
    file: str
    """The ONNX file's name, in the same folder."""
    sha256: str
    sample_rate: int
    window_s: float
    """Length of the windows that voices are told by."""
    dimension: int
    features: FrontEnd
    calibration: Measured | Unmeasured

    @property
    def key(self) -> str:
        """Name and version: prints of different encoders never mix."""
        return f"{self.name} {self.version}"

    def write(self, folder: Path) -> Path:
        path = folder / FILE_NAME
        path.write_text(json.dumps(asdict(self), indent=2) + "\n")
        return path


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """An encoder's folder, read and checked."""

    manifest: Manifest
    model: bytes
    calibration: Calibration


def read_bundle(folder: Path) -> Bundle:
    """The manifest in `folder`, the model it describes, and what its scores mean.

    Raises `ModelMissing` when one of them is absent, damaged, or asks for what is not there.
    """
    path = folder / FILE_NAME
    try:
        manifest = _manifest(json.loads(_read(path)))
    except (ValueError, KeyError, TypeError) as error:
        raise ModelMissing(
            f"{path} does not describe a speaker encoder ({_reason(error)}); correct it as the "
            "documentation of encoders says, or leave speakers.encoder empty."
        ) from error
    model = _checked(folder / manifest.file, manifest.sha256)
    told = manifest.calibration
    statistics = _checked(folder / told.file, told.sha256) if isinstance(told, Measured) else b""
    try:
        calibration = calibration_of(told, statistics, manifest.dimension)
    except ValueError as error:
        raise ModelMissing(
            f"The calibration in {folder} is not one for the speaker encoder {manifest.key}: "
            f"{error}."
        ) from error
    return Bundle(manifest, model, calibration)


def _manifest(said: Any) -> Manifest:
    if not isinstance(said, Mapping):
        raise TypeError("it is no object")
    names = [field.name for field in fields(Manifest)]
    if unknown := sorted(said.keys() - set(names)):
        raise ValueError(f"no key {unknown[0]!r} is known")
    if not isinstance(said["features"], Mapping):
        raise TypeError("its features are no object")
    for name in ("name", "version", "file", "sha256"):
        if not isinstance(said[name], str) or not said[name]:
            raise ValueError(f"{name} is empty or no text")
    manifest = Manifest(
        **{
            **said,
            "features": front_end(said["features"]),
            "calibration": measured_or_not(said.get("calibration", {})),
        }
    )
    _check_sizes(manifest)
    return manifest


def _check_sizes(manifest: Manifest) -> None:
    if Path(manifest.file).name != manifest.file:
        raise ValueError("its file is not in the same folder")
    if manifest.sample_rate != SAMPLE_RATE:
        raise ValueError(f"sound at {manifest.sample_rate} Hz; there is only {SAMPLE_RATE}")
    least_s, most_s = WINDOW_S
    if not least_s <= manifest.window_s <= most_s:
        raise ValueError(f"a window of {manifest.window_s} s is not within {least_s} to {most_s}")
    if manifest.window_s * SAMPLE_RATE < manifest.features.least_samples:
        raise ValueError(f"its window is too short for {manifest.features.kind} features")
    if manifest.dimension < 2:
        raise ValueError("its dimension is below 2")


def _checked(path: Path, sha256: str) -> bytes:
    data = _read(path)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ModelMissing(
            f"{path} is damaged: it is not the file its manifest names; "
            "install Wallflower again, or run `wallflower export-encoder`."
        )
    return data


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelMissing(
            f"The speaker encoder in {path.parent} cannot be read ({path.name}: "
            f"{error.strerror}); install Wallflower again, or run `wallflower export-encoder`."
        ) from error


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error} is missing"
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON: {error}"
    return str(error)
