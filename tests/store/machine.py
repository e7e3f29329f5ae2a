"""Rule-based tests of a real store: whatever is done to it, in whatever order."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine

from tests.support.clock import ManualClock
from wallflower.store import Store

R = TypeVar("R")

FEW: Final = settings(
    max_examples=8,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


class StoreMachine(RuleBasedStateMachine):
    """Rules are plain functions; `do` runs what they await. At the end the store must be sound."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()

    @property
    def path(self) -> Path:
        return Path(self.folder.name) / "wallflower.db"

    def do(self, work: Coroutine[Any, Any, R]) -> R:
        return self.runner.run(work)

    def open(self, wall: str = "2026-03-02T00:00:00Z") -> None:
        self.clock = ManualClock(wall)
        self.store = self.do(Store.open(self.path, clock=self.clock))

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.do(self.store.check())
            self.do(self.store.close())
        self.runner.close()
        self.folder.cleanup()
