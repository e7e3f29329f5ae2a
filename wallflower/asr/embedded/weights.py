"""The loaded model: one for all streams."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import ctranslate2
import numpy as np
import tokenizers
from faster_whisper.tokenizer import _LANGUAGE_CODES as LANGUAGES
from faster_whisper.tokenizer import Tokenizer

from wallflower.asr.embedded.model import check, model_name
from wallflower.asr.embedded.placement import ON_CPU, Placement, no_card, place
from wallflower.domain.errors import BadSettings, EngineFailed

TASKS: Final = ("transcribe", "translate")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Weights:
    """A Whisper model in memory. Several threads may use it at once."""

    name: str
    model: Any
    """`ctranslate2.models.Whisper`."""
    vocabulary: tokenizers.Tokenizer
    placement: Placement = ON_CPU

    @property
    def multilingual(self) -> bool:
        return bool(self.model.is_multilingual)

    def tokenizer(self, language: str, task: str) -> Tokenizer:
        """Words from and to tokens, and the tokens that ask for `language` and `task`."""
        return Tokenizer(self.vocabulary, self.multilingual, task=task, language=language)

    def require(self, language: str | None, task: str) -> None:
        """Raise `BadSettings` when the model cannot do what the settings ask."""
        if task not in TASKS:
            raise BadSettings(f"asr.task: {task!r} is not one of {', '.join(TASKS)}.")
        if language is not None and language not in LANGUAGES:
            raise BadSettings(f"asr.language: Whisper knows no language {language!r}.")
        if not self.multilingual and (language not in {None, "en"} or task != "transcribe"):
            raise BadSettings(
                f"The speech model {self.name} only writes English as it is spoken; set asr.model "
                f"to {self.name.removesuffix('.en')!r} or another model without '.en'."
            )


def load(folder: Path, *, parallel: int = 1, device: str = "auto") -> Weights:
    """Load the model in `folder` for `parallel` callers at once. Blocks for a while.

    It computes on `device` (`auto`: a graphics card if there is one), or else on the CPU in int8,
    and the log says why. Raises `ModelMissing` when files are missing, `EngineFailed` when they
    cannot be read.
    """
    check(folder)
    placement = place(device)
    if placement.device != ON_CPU.device:
        try:
            return _on_a_card(folder, parallel, placement)
        except Exception as error:  # noqa: BLE001 - CTranslate2 raises bare ones: memory, drivers
            placement = no_card(str(error))
    if placement.why_not_cuda is not None:
        _log.warning("The speech model does not use the card: %s.", placement.why_not_cuda)
    try:
        return _load(folder, parallel, placement)
    except Exception as error:
        raise EngineFailed(
            f"The speech model in {folder} cannot be read ({error}); delete the folder to have it "
            "fetched again."
        ) from error


def _on_a_card(folder: Path, parallel: int, placement: Placement) -> Weights:
    weights = _load(folder, parallel, placement)
    # What is missing (memory, cuBLAS, a newer driver) shows at the first use, so let that be now.
    silence = np.zeros((1, mel_bands(weights), 200), np.float32)
    weights.model.encode(ctranslate2.StorageView.from_array(silence), to_cpu=True)
    return weights


def _load(folder: Path, parallel: int, placement: Placement) -> Weights:
    model = ctranslate2.models.Whisper(
        str(folder),
        device=placement.device,
        compute_type=placement.compute_type,
        inter_threads=parallel,
        intra_threads=1,
    )
    vocabulary = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    return Weights(model_name(folder), model, vocabulary, placement)


def mel_bands(weights: Weights) -> int:
    """How many mel bands the model hears: 80, or 128 in newer large ones."""
    return int(weights.model.n_mels)
