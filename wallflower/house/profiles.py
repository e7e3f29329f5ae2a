"""People as a file that another Wallflower can read; docs/profiles.md describes it. Pure."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wallflower.domain.errors import BadInput
from wallflower.domain.prints import Embedding
from wallflower.domain.speech import Pcm
from wallflower.domain.times import SAMPLE_RATE, WallTime
from wallflower.domain.voices import RoomPrint, Sample, Voice

FORMAT: Final = "wallflower-profiles"
VERSION: Final = 1
PEOPLE_MAX: Final = 200
PRINTS_MAX: Final = 50
SAMPLES_MAX: Final = 8
SAMPLE_MAX_S: Final = 30.0
LATEST_NS: Final = 2**63 - 1
"""What the store can keep: the year 2262."""


class _Part(BaseModel):
    # Newer Wallflowers may say more; what is understood must be right.
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class _Print(_Part):
    encoder: str = Field(min_length=1, max_length=200)
    embedding: str
    speech_s: float = Field(gt=0, le=1e7, allow_inf_nan=False)
    last_heard: str


class _Sample(_Part):
    pcm: str
    sample_rate: int = Field(SAMPLE_RATE, ge=SAMPLE_RATE, le=SAMPLE_RATE)
    quality: float = Field(0.5, ge=0, le=1)
    at: str


class _Person(_Part):
    name: str = Field(max_length=80)
    prints: list[_Print] = Field(default_factory=list, max_length=PRINTS_MAX)
    samples: list[_Sample] = Field(default_factory=list, max_length=SAMPLES_MAX)


class _File(_Part):
    people: list[_Person] = Field(max_length=PEOPLE_MAX)


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A person out of a file."""

    name: str
    prints: dict[str, tuple[RoomPrint, ...]]
    """By encoder; all from elsewhere (stream id empty)."""
    samples: tuple[Sample, ...]


def profiles_file(
    people: Sequence[tuple[Voice, Sequence[Sample]]], exported: WallTime
) -> dict[str, Any]:
    """These voices and samples as the documented JSON object."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "exported": exported.iso(),
        "people": [
            {
                "name": voice.name,
                "prints": [
                    {
                        "encoder": voice.encoder,
                        "embedding": _packed(print_.embedding, "<f4"),
                        "speech_s": print_.speech_s,
                        "last_heard": print_.last_heard.iso(),
                    }
                    for print_ in voice.prints
                ],
                "samples": [
                    {
                        "pcm": _packed(sample.pcm, "<i2"),
                        "sample_rate": SAMPLE_RATE,
                        "quality": sample.quality,
                        "at": sample.at.iso(),
                    }
                    for sample in samples
                ],
            }
            for voice, samples in people
        ],
    }


def profiles_in(file: dict[str, Any]) -> list[Profile]:
    """The people in a file. Raises `BadInput` with what is wrong, and where."""
    if file.get("format") != FORMAT:
        raise BadInput(f"This is no file of profiles: its format must be {FORMAT!r}.")
    if file.get("version") != VERSION:
        raise BadInput(
            f"These profiles have version {file.get('version')!r}, but this Wallflower reads only "
            f"{VERSION}: update it, or export again with an older one."
        )
    try:
        people = _File.model_validate(file).people
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise BadInput(f"The profiles cannot be read at {where}: {first['msg']}.") from None
    return [_profile(person) for person in people]


def _profile(person: _Person) -> Profile:
    if not person.name.strip():
        raise BadInput("Somebody in the profiles has no name; give everybody one.")
    prints: dict[str, tuple[RoomPrint, ...]] = {}
    for each in person.prints:
        embedding = _embedding(each.embedding, person.name)
        heard = RoomPrint("", embedding, each.speech_s, _moment(each.last_heard, person.name))
        prints[each.encoder] = (*prints.get(each.encoder, ()), heard)
    samples = tuple(
        Sample("", _pcm(each.pcm, person.name), each.quality, _moment(each.at, person.name))
        for each in person.samples
    )
    return Profile(person.name, prints, samples)


def _packed(numbers: np.ndarray[Any, Any], kind: str) -> str:
    return base64.b64encode(numbers.astype(kind).tobytes()).decode()


def _unpacked(text: str, kind: str, what: str) -> np.ndarray[Any, Any]:
    try:
        return np.frombuffer(base64.b64decode(text, validate=True), dtype=kind)
    except ValueError:
        raise BadInput(f"{what} cannot be read: it must be base64 of whole numbers.") from None


def _embedding(text: str, name: str) -> Embedding:
    numbers = _unpacked(text, "<f4", f"A print of {name}").astype(np.float64)
    length = float(np.linalg.norm(numbers)) if np.isfinite(numbers).all() else 0.0
    if not np.isfinite(length) or length <= 0:
        raise BadInput(f"A print of {name} cannot be used: its numbers are not finite, or all 0.")
    return (numbers / length).astype(np.float32)


def _pcm(text: str, name: str) -> Pcm:
    pcm = _unpacked(text, "<i2", f"A sample of {name}").astype(np.int16)
    if not 0 < len(pcm) <= SAMPLE_MAX_S * SAMPLE_RATE:
        raise BadInput(f"A sample of {name} must be at most {SAMPLE_MAX_S:.0f} s long.")
    return pcm


def _moment(text: str, name: str) -> WallTime:
    try:
        moment = WallTime.from_iso(text)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or not 0 <= moment.ns <= LATEST_NS:
        raise BadInput(f"{text[:40]!r} of {name} is no ISO 8601 date and time of our days.")
    return moment
