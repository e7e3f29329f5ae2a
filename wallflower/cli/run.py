"""`wallflower run`: the house, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
from collections.abc import Callable
from pathlib import Path

from wallflower.app import Running, run
from wallflower.cli.exits import DONE
from wallflower.cli.log import set_up_log
from wallflower.cli.place import data_folder
from wallflower.homeassistant import Supervisor
from wallflower.settings import Settings, load_settings

_log = logging.getLogger(__name__)


def command(options: argparse.Namespace) -> int:
    again = True
    while again:
        settings = load_settings(options.config)
        set_up_log(settings.log.level)
        data = data_folder(options.data, settings)
        again = asyncio.run(run_house(settings, data, _announce))
    return DONE


async def run_house(
    settings: Settings,
    data: Path,
    on_running: Callable[[Running], None],
    closing: asyncio.Event | None = None,
) -> bool:
    """Run until a signal (or `closing`); True when it shall start again.

    A second signal ends it at once.
    """
    closing = closing or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _stop, closing, number)
    try:
        return await run(
            settings,
            data,
            closing=closing,
            supervisor=Supervisor.found(os.environ),
            on_running=on_running,
        )
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _stop(closing: asyncio.Event, number: int) -> None:
    if closing.is_set():
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
    closing.set()


def _announce(running: Running) -> None:
    services = running.services
    _log.info("Wallflower %s: http://127.0.0.1:%d", services.version, running.port)
    if not services.house.streams():
        _log.info("No stream yet: add a camera on the page.")
