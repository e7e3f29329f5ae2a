"""The server's lines in our log."""

from __future__ import annotations

import logging

import pytest

from tests.support.clock import ManualClock
from wallflower.asr.whisperlive.local.log import FAREWELL, LINES_PER_MINUTE, ServerLog, parse


@pytest.mark.parametrize(
    ("line", "level", "text"),
    [
        ("INFO:root:New client connected", logging.DEBUG, "New client connected"),
        ("WARNING:root:Client left: late", logging.WARNING, "Client left: late"),
        ("ERROR:websockets.server:opening failed", logging.ERROR, "opening failed"),
        (f"ERROR:root:Failed: {FAREWELL}", logging.DEBUG, f"Failed: {FAREWELL}"),
        ("CRITICAL:root: all lost", logging.ERROR, "all lost"),
        ("Traceback (most recent call last):", logging.DEBUG, "Traceback (most recent call last):"),
        ("ValueError: ERROR:root:no", logging.DEBUG, "ValueError: ERROR:root:no"),
    ],
)
def test_levels(line: str, level: int, text: str) -> None:
    assert parse(line) == (level, text)


async def test_a_flood_is_dammed_and_counted() -> None:
    clock, lines = ManualClock(), list[tuple[int, str]]()
    log = ServerLog(lambda level, text: lines.append((level, text)), clock)
    for number in range(LINES_PER_MINUTE + 30):
        log.take(f"ERROR:root:{number}")
    assert len(lines) == LINES_PER_MINUTE
    log.take("INFO:root:still told")
    assert lines[-1] == (logging.DEBUG, "still told")
    await clock.advance(60.0)
    log.take("WARNING:root:a minute later")
    assert [text for _, text in lines[-2:]] == [
        "30 more lines like the last ones",
        "a minute later",
    ]
