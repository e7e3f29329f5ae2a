"""What the log shows, and what it never does."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.homeassistant_app.keeper import TOKEN, Keeper, keeping
from wallflower.cli.log import set_up_log


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """`set_up_log` is for a whole program: pytest's own handlers are put aside meanwhile."""
    root, websockets = logging.getLogger(), logging.getLogger("websockets")
    handlers, levels = root.handlers[:], (root.level, websockets.level)
    root.handlers = []
    yield
    root.handlers = handlers
    root.setLevel(levels[0])
    websockets.setLevel(levels[1])


def test_credentials_of_urls_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_log("debug")
    logging.getLogger("of somebody else").error("rtsp://admin:s3cret@10.0.0.7/live failed")
    shown = capsys.readouterr().err
    assert "10.0.0.7" in shown
    assert "s3cret" not in shown


async def test_the_token_of_home_assistant_is_not_there_however_much_is_logged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_log("debug")
    async with keeping(Keeper()) as supervisor:
        await supervisor.admins()
        await supervisor.mqtt()
    shown = capsys.readouterr().err
    assert "DEBUG" in shown
    assert TOKEN not in shown
