"""What stands beside an encoder's ONNX file, and the check that both fit this program."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from wallflower.domain.errors import ModelMissing
from wallflower.domain.times import SAMPLE_RATE
from wallflower.speakers.features import BANDS, FFT_SAMPLES, HOP_SAMPLES, LEVEL_DBFS

FILE_NAME: Final = "encoder.json"


@dataclass(frozen=True, slots=True)
class FrontEnd:
    """How sound becomes the encoder's input."""

    kind: str
    bands: int
    fft_samples: int
    hop_samples: int
    level_dbfs: float
    """Quieter windows are raised to this RMS level."""


FRONT_END: Final = FrontEnd("mel-power-slaney", BANDS, FFT_SAMPLES, HOP_SAMPLES, LEVEL_DBFS)
"""The one this program has."""


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

    def write(self, folder: Path) -> Path:
        path = folder / FILE_NAME
        path.write_text(json.dumps(asdict(self), indent=2) + "\n")
        return path


def read_manifest(folder: Path) -> tuple[Manifest, bytes]:
    """The manifest in `folder` and the model it describes.

    Raises `ModelMissing` when one of them is absent, damaged, or made for another front end.
    """
    path = folder / FILE_NAME
    try:
        fields = json.loads(path.read_text())
        manifest = Manifest(**{**fields, "features": FrontEnd(**fields["features"])})
        model = (folder / manifest.file).read_bytes()
    except OSError as error:
        raise ModelMissing(
            f"The speaker encoder in {folder} cannot be read ({error.strerror}); install "
            "Wallflower again, or run `wallflower export-encoder`."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelMissing(f"{path} does not describe a speaker encoder: {error}.") from error
    if hashlib.sha256(model).hexdigest() != manifest.sha256:
        raise ModelMissing(
            f"{folder / manifest.file} is damaged: it is not the file its manifest names; "
            "install Wallflower again, or run `wallflower export-encoder`."
        )
    if manifest.features != FRONT_END or manifest.sample_rate != SAMPLE_RATE:
        raise ModelMissing(
            f"The speaker encoder {manifest.name} wants {manifest.features.kind} features that "
            "this version does not make; use the encoder that comes with it."
        )
    return manifest, model
