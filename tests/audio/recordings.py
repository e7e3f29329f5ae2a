"""Reading the shared speech data."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np

from wallflower.domain.speech import Pcm


def read_sound(path: Path) -> Pcm:
    """Any sound file as 16 kHz mono PCM, by way of FFmpeg."""
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(path)]
    argv += ["-f", "s16le", "-ac", "1", "-ar", "16000", "-"]
    return np.frombuffer(subprocess.run(argv, capture_output=True, check=True).stdout, "<i2")


def read_turns(path: Path) -> list[tuple[float, float]]:
    """Start and end in seconds of every turn of an RTTM file."""
    fields = [line.split() for line in path.read_text().splitlines() if line.strip()]
    return [(float(f[3]), float(f[3]) + float(f[4])) for f in fields]
