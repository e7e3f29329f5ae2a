"""Which parts work, and in one sentence what is wrong with those that do not."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass


class HealthState(enum.StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    """Works, but not fully: something is being retried or was lost."""
    FAILED = "failed"
    """Parked: needs a person."""


@dataclass(frozen=True, slots=True)
class PartHealth:
    part: str
    state: HealthState
    detail: str | None = None
    code: str | None = None


_ORDER = {HealthState.OK: 0, HealthState.DEGRADED: 1, HealthState.FAILED: 2}


class Health:
    """The health of every part by name; tells `on_change` when one changes."""

    def __init__(self, on_change: Callable[[str], None] = lambda _part: None) -> None:
        self._parts: dict[str, PartHealth] = {}
        self._on_change = on_change

    def report(
        self,
        part: str,
        state: HealthState,
        detail: str | None = None,
        code: str | None = None,
    ) -> None:
        """Note how `part` does; `detail` is a sentence for people without credentials."""
        health = PartHealth(part, state, detail, code)
        if self._parts.get(part) != health:
            self._parts[part] = health
            self._on_change(part)

    def forget(self, part: str) -> None:
        """`part` is gone (a removed stream) and no longer counts."""
        if self._parts.pop(part, None) is not None:
            self._on_change(part)

    def parts(self) -> Mapping[str, PartHealth]:
        return dict(self._parts)

    def overall(self) -> HealthState:
        """The worst part's state; but one failed stream only degrades the house."""
        worst = HealthState.OK
        for name, health in self._parts.items():
            state = health.state
            if name.startswith("stream:") and state is HealthState.FAILED:
                state = HealthState.DEGRADED
            worst = max(worst, state, key=_ORDER.__getitem__)
        return worst
