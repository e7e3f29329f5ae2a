"""The bundled talking scene: three people for 52 s, and who said what when."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import jiwer
from whisper_normalizer.english import EnglishTextNormalizer

from wallflower.cli import demo

SCENE: Final = Path(demo.__file__).with_name("scene.mp4")


@dataclass(frozen=True)
class Said:
    start: float
    end: float
    speaker: str
    text: str


TRUTH: Final = tuple(
    Said(**line) for line in json.loads(SCENE.with_name("scene.json").read_text())["lines"]
)


def cut(file: Path, *, seconds: float | None = None, sound: bool = True) -> Path:
    """The scene's beginning (None: all of it) in `file`, its tracks as they are; blocks."""
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", str(SCENE), "-c", "copy"]
    argv += ["-t", str(seconds)] if seconds is not None else []
    subprocess.run([*argv, *([] if sound else ["-an"]), str(file)], check=True)
    return file


_normal = EnglishTextNormalizer()


def wer(heard: Sequence[str], truth: Sequence[Said] = TRUTH) -> float:
    """Share of wrong words over the whole text, spelling and punctuation evened out."""
    error: float = jiwer.wer(
        _normal(" ".join(said.text for said in truth)), _normal(" ".join(heard))
    )
    return error
