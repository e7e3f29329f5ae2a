"""A calibration as it lies beside an encoder: numbers in the manifest, the map in an `.npz`."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from wallflower.speakers.odds.calibration import Calibration


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """Nobody fitted a calibration for this encoder here."""

    own_cosine: float = 0.6
    """What two clips of one voice score on average; strangers are taken to score 0."""

    def __post_init__(self) -> None:
        if not 0.05 <= self.own_cosine <= 0.95:
            raise ValueError("own_cosine is not within 0.05 to 0.95")


@dataclass(frozen=True, slots=True)
class Measured:
    """What `script/fit-calibration` found; see the fields of `Calibration`."""

    file: str
    """`.npz` with `centre`, `directions`, `between`, in the encoder's folder."""
    sha256: str
    lasting: float
    contrast_db: tuple[float, ...]
    scale: tuple[float, ...]
    offset: float

    def __post_init__(self) -> None:
        rising = list(self.contrast_db) == sorted(set(self.contrast_db))
        if not self.scale or len(self.scale) != len(self.contrast_db) or not rising:
            raise ValueError("contrast_db does not rise, or scale has another length")
        if min(self.scale) <= 0 or not 0 <= self.lasting <= 1:
            raise ValueError("scale or lasting is out of range")


def measured_or_not(said: Mapping[str, Any]) -> Measured | Unmeasured:
    """What a manifest says under `calibration`. Raises `ValueError` or `TypeError`."""
    made = Measured if "file" in said else Unmeasured
    possible = [field.name for field in fields(made)]
    if unknown := sorted(said.keys() - set(possible)):
        raise ValueError(f"its calibration has no number {unknown[0]!r}")
    lists = {key: tuple(value) for key, value in said.items() if isinstance(value, list)}
    return made(**{**said, **lists})


def calibration_of(told: Measured | Unmeasured, statistics: bytes, dimension: int) -> Calibration:
    """The calibration of an encoder of that dimension. Raises `ValueError` when it does not fit."""
    if isinstance(told, Unmeasured):
        return Calibration.plain(dimension, told.own_cosine)
    if not zipfile.is_zipfile(io.BytesIO(statistics)):
        raise ValueError(f"{told.file} is no .npz file")
    try:
        with np.load(io.BytesIO(statistics), allow_pickle=False) as arrays:
            centre, directions, between = (
                arrays[name] for name in ("centre", "directions", "between")
            )
    except (KeyError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(f"{told.file} cannot be read ({error})") from error
    if directions.shape != (dimension, len(between)) or centre.shape != (dimension,):
        raise ValueError(f"{told.file} is of dimension {len(centre)}, not {dimension}")
    return Calibration(
        centre=centre.astype(np.float32),
        directions=directions.astype(np.float32),
        between=between.astype(np.float64),
        lasting=told.lasting,
        contrast_db=told.contrast_db,
        scale=told.scale,
        offset=told.offset,
    )


def measured(calibration: Calibration, file: str) -> tuple[Measured, bytes]:
    """What to put into the manifest, and into the file beside it."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        centre=calibration.centre,
        directions=calibration.directions,
        between=calibration.between.astype(np.float32),
    )
    data = buffer.getvalue()
    told = Measured(
        file,
        hashlib.sha256(data).hexdigest(),
        calibration.lasting,
        calibration.contrast_db,
        calibration.scale,
        calibration.offset,
    )
    return told, data
