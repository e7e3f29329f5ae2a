"""Fixtures for all tests. A test that blocks the event loop fails (blockbuster)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from blockbuster import BlockBuster, blockbuster_ctx

SHARED = Path(os.environ.get("WALLFLOWER_SPEECH", Path(__file__).parents[2] / "shared/data"))


@pytest.fixture(autouse=True)
def blockbuster() -> Iterator[BlockBuster]:
    with blockbuster_ctx("wallflower") as blockbuster:
        yield blockbuster


@pytest.fixture(scope="session")
def speech() -> Path:
    """The folder of real speech; its tests skip where it is absent."""
    if not (SHARED / "manifest.json").is_file():
        pytest.skip(f"real speech is not at {SHARED}; set WALLFLOWER_SPEECH to its folder")
    return SHARED
