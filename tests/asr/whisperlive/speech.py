"""Spoken test sentences: FFmpeg's flite voices."""

from __future__ import annotations

import subprocess
from functools import cache

import numpy as np

from wallflower.domain.speech import Pcm, Transcript, Utterance
from wallflower.domain.times import SAMPLE_RATE, WallTime

START = WallTime.from_iso("2026-01-01T12:00:00Z")
PAD_S = 0.2


@cache
def say(text: str, voice: str = "slt") -> Pcm:
    """Blocks."""
    argv = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"flite=text='{text}':voice={voice}"]
    argv += ["-ar", "16000", "-ac", "1", "-f", "s16le", "-"]
    raw = subprocess.run(argv, check=True, capture_output=True).stdout
    return np.pad(np.frombuffer(raw, np.int16), int(PAD_S * SAMPLE_RATE))


def uttered(pcm: Pcm, stream_id: str = "hall", number: int = 1, *, ended: bool = True) -> Utterance:
    end_s = len(pcm) / SAMPLE_RATE
    return Utterance(stream_id, number, pcm, START, PAD_S, end_s - PAD_S, ended=ended)


def plain(transcript: Transcript | None) -> str:
    assert transcript is not None
    return transcript.text.lower().replace(",", "").rstrip(".!?")
