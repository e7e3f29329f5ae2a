"""Fixtures for all tests. A test that blocks the event loop fails (blockbuster)."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from blockbuster import BlockBuster, blockbuster_ctx
from hypothesis import HealthCheck, settings

from tests.support.schedule import ByFile
from tests.support.turns import turn

# How long an example takes is the machine's business, and other workers share it.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

SHARED = Path(os.environ.get("WALLFLOWER_SPEECH", Path(__file__).parents[2] / "shared/data"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile | None:
    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Take turns with the other workers of pytest-xdist. No time limit counts the wait."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    # Every worker has a folder of its own in that of the run.
    run = Path(item.config.getoption("basetemp")).parent
    with turn(run, alone=item.get_closest_marker("alone") is not None):
        return (yield)


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
