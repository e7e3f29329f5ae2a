"""The log: one line per event on stderr, never a credential."""

from __future__ import annotations

import logging
import sys
from typing import Final

from wallflower.domain.urls import redact

FORMAT: Final = "%(asctime)s %(levelname)-7s %(message)s"


class RedactingFormatter(logging.Formatter):
    """Removes the credentials of every URL, also from tracebacks of other people's code."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def set_up_log(level: str) -> None:
    """Log to stderr from `level` (debug, info, warning, error) on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter(FORMAT, datefmt="%H:%M:%S"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # It would print every message whole, and so Home Assistant's token and what was said.
    logging.getLogger("websockets").setLevel(logging.INFO)
    if level != "debug":
        # Their information is our debugging.
        for name in ("hypercorn", "amqtt", "transitions", "faster_whisper", "httpx"):
            logging.getLogger(name).setLevel(logging.WARNING)
        # It warns of a child that ended in the very moment it was told to.
        logging.getLogger("asyncio").setLevel(logging.ERROR)
