"""The loaded model: one for all streams."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import ctranslate2
import tokenizers
from faster_whisper.tokenizer import _LANGUAGE_CODES as LANGUAGES
from faster_whisper.tokenizer import Tokenizer

from wallflower.asr.embedded.model import check, model_name
from wallflower.domain.errors import BadSettings, EngineFailed

TASKS: Final = ("transcribe", "translate")


@dataclass(frozen=True, slots=True)
class Weights:
    """A Whisper model in memory. Several threads may use it at once."""

    name: str
    model: Any
    """`ctranslate2.models.Whisper`."""
    vocabulary: tokenizers.Tokenizer

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


def load(folder: Path, *, parallel: int = 1) -> Weights:
    """Load the model in `folder` as int8, for `parallel` callers at once. Blocks for a while.

    Raises `ModelMissing` when files are missing, `EngineFailed` when they cannot be read.
    """
    check(folder)
    try:
        model = ctranslate2.models.Whisper(
            str(folder), device="cpu", compute_type="int8", inter_threads=parallel, intra_threads=1
        )
        vocabulary = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:
        raise EngineFailed(
            f"The speech model in {folder} cannot be read ({error}); delete the folder to have it "
            "fetched again."
        ) from error
    return Weights(model_name(folder), model, vocabulary)


def mel_bands(weights: Weights) -> int:
    """How many mel bands the model hears: 80, or 128 in newer large ones."""
    return int(weights.model.n_mels)
