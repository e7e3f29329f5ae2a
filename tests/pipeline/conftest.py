"""The real models, loaded once."""

from __future__ import annotations

import pytest

from wallflower.audio import SileroModel
from wallflower.capture import find_ffmpeg
from wallflower.speakers import Encoder


@pytest.fixture(scope="session")
def silero() -> SileroModel:
    return SileroModel.load()


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return Encoder.load()


@pytest.fixture(scope="session")
def ffmpeg() -> str:
    return find_ffmpeg()
