"""Cameras that beep, and one that talks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rtsp import make_media
from tests.support.scene import cut


@pytest.fixture(scope="session")
def beeps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sound for longer than any test lasts, in which nobody speaks."""
    return make_media(tmp_path_factory.mktemp("house") / "beeps.mkv", seconds=120, video=None)


@pytest.fixture(scope="session")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The beginning of the bundled scene."""
    return cut(tmp_path_factory.mktemp("house") / "talk.mkv", seconds=12)
