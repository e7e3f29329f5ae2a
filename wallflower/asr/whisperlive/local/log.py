"""The server's log in ours: its levels mapped, its floods dammed."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Final

from wallflower.runtime.clock import Clock

LINES_PER_MINUTE: Final = 12
"""Warnings and errors that are passed on; what is more is counted."""

LEVELS: Final = {
    "DEBUG": logging.DEBUG,
    "INFO": logging.DEBUG,  # its information is our debugging
    "WARNING": logging.WARNING,
    "ERROR": logging.ERROR,
    "CRITICAL": logging.ERROR,
}

_LINE: Final = re.compile(r"(DEBUG|INFO|WARNING|ERROR|CRITICAL):([^:]*):(.*)")

FAREWELL: Final = "sent 1000 (OK); then received 1000 (OK)"
"""The server calls it an error that we hang up while it still writes; it is our way to say done."""


def parse(line: str) -> tuple[int, str]:
    """Level and text of a line of `logging.basicConfig`'s format; other lines are debugging."""
    if match := _LINE.match(line):
        text = match[3].strip()
        return (logging.DEBUG if text.endswith(FAREWELL) else LEVELS[match[1]]), text
    return logging.DEBUG, line  # a traceback: the line before it said what happened


class ServerLog:
    """Takes the server's stderr line by line and hands it to `emit(level, text)`.

    What is below a warning is always handed on, since a log that does not want it drops it for
    nothing; of the rest `LINES_PER_MINUTE` pass and one line tells how many did not.
    """

    def __init__(self, emit: Callable[[int, str], None], clock: Clock) -> None:
        self._emit = emit
        self._clock = clock
        self._minute_began = -60.0
        self._passed = 0
        self._held_back = 0

    def take(self, line: str) -> None:
        level, text = parse(line)
        if level < logging.WARNING:
            self._emit(level, text)
            return
        if self._clock.monotonic() - self._minute_began >= 60.0:
            self._new_minute()
        if self._passed < LINES_PER_MINUTE:
            self._passed += 1
            self._emit(level, text)
        else:
            self._held_back += 1

    def _new_minute(self) -> None:
        if self._held_back:
            self._emit(logging.WARNING, f"{self._held_back} more lines like the last ones")
        self._minute_began = self._clock.monotonic()
        self._passed = self._held_back = 0
