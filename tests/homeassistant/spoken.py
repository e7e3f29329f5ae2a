"""A camera on which somebody says a keyword, and then talks on."""

from __future__ import annotations

import subprocess
import wave
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from tests.support.rtsp import make_media

RATE: Final = 16_000
BEFORE_S: Final = 3.0
KEYWORD: Final = "coffee"
FIRST: Final = "I would like a cup of coffee."
REST: Final = (
    "The plumber is coming on Tuesday at nine o'clock.",
    "Please remember to water the flowers while we are away.",
    "They are on the shelf next to the kitchen window.",
    "The new thermostat does that by itself.",
)
TIMES: Final = 4
"""How often the rest is said, with pauses of a second."""


def talk(folder: Path) -> tuple[Path, float]:
    """Media for a camera, and how many seconds after its beginning the keyword ends; blocks."""
    first = _say(FIRST, folder)
    parts = [_pause(BEFORE_S), first, _pause(0.3)]
    for sentence in REST:
        parts += [_say(sentence, folder), _pause(1.0)]
    parts += parts[3:] * (TIMES - 1)
    sound = np.concatenate(parts)
    recording = folder / "talk.wav"
    with wave.open(str(recording), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound.tobytes())
    media = make_media(folder / "talk.mkv", seconds=len(sound) / RATE, speech=recording, video=None)
    return media, BEFORE_S + len(first) / RATE


def _pause(seconds: float) -> npt.NDArray[np.int16]:
    noise = np.random.default_rng(1).normal(0.0, 10.0, round(seconds * RATE))
    return noise.astype(np.int16)


def _say(text: str, folder: Path) -> npt.NDArray[np.int16]:
    """One sentence without silence around it, shape (samples,)."""
    (folder / "text").write_text(text)
    source = f"flite=textfile={folder}/text:voice=slt"
    argv = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source]
    argv += ["-ar", str(RATE), "-ac", "1", "-f", "s16le", "-"]
    said = subprocess.run(argv, check=True, capture_output=True).stdout
    sound = np.frombuffer(said, np.int16)
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > 300)
    return sound[loud[0] : loud[-1] + 1]
