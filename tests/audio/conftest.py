"""The real voice detector, loaded once."""

from __future__ import annotations

import pytest

from wallflower.audio import SileroModel


@pytest.fixture(scope="session")
def silero() -> SileroModel:
    return SileroModel.load()
