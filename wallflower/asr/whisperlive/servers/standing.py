"""What we think of one server: its state, why, and when to try it again. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from wallflower.asr.whisperlive.failures import ConnectionLost, ServerFrozen, ServerFull
from wallflower.domain.engine import ServerState
from wallflower.domain.errors import EngineAway, EngineFailed, EngineRefused
from wallflower.runtime.backoff import SteppedBackoff

_LOST: Final = frozenset({ServerState.AWAY, ServerState.FROZEN, ServerState.REFUSED})


class Standing:
    """Follows the outcomes; `changed` is told of every change of `state` or `detail`."""

    def __init__(self, changed: Callable[[], None], backoff: SteppedBackoff | None = None) -> None:
        self._changed = changed
        self._backoff = backoff or SteppedBackoff()
        self._error: EngineFailed | None = None
        self.state = ServerState.UNKNOWN
        self.reconnects = 0

    @property
    def lost(self) -> bool:
        """Whether nothing can be asked of it for now."""
        return self.state in _LOST

    @property
    def error(self) -> EngineFailed | None:
        """What is wrong; None while all is well."""
        return self._error

    @property
    def detail(self) -> str | None:
        return None if self._error is None else str(self._error)

    def succeeded(self) -> None:
        """It did what it was asked."""
        self.reconnects += self.lost
        self._backoff.reset()
        self._set(ServerState.READY, None)

    def failed(self, error: EngineFailed) -> None:
        """Take note of an error that is the server's; others are no news about it."""
        match error:
            case ConnectionLost():
                return
            case ServerFull():
                self._set(ServerState.FULL, error)
            case ServerFrozen():
                self._set(ServerState.FROZEN, error)
            case EngineRefused():
                self._set(ServerState.REFUSED, error)
            case EngineAway():
                self._set(ServerState.AWAY, error)

    def expect(self) -> None:
        """Somebody knows that it comes: what it missed before says nothing about that."""
        self._backoff.reset()

    def delay_s(self) -> float:
        """How long to wait before it is tried again."""
        return self._backoff.next_delay_s()

    def _set(self, state: ServerState, error: EngineFailed | None) -> None:
        old = (self.state, self.detail)
        self.state, self._error = state, error
        if old != (self.state, self.detail):
            self._changed()
