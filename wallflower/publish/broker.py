"""A broker for the demo: one that runs already, or a small one of our own."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

import aiomqtt

from wallflower.domain.errors import BrokerUnreachable

PROBE_S: Final = 2.0
LOOPBACK: Final = "127.0.0.1"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FoundBroker:
    """A broker that takes anybody without a password."""

    host: str
    port: int
    embedded: bool
    """True: started by us, and gone with us."""


@contextlib.asynccontextmanager
async def find_or_start_broker(
    host: str = LOOPBACK, port: int = 1883
) -> AsyncIterator[FoundBroker]:
    """The broker at `host:port` if one lets us in, otherwise an embedded one on loopback.

    The embedded one takes `port` where it is free, and any free port where it is not (a broker
    that wants a password, say). It keeps nothing on disk and ends with the block. Raises
    `BrokerUnreachable` when it is not installed (extra `demo`).
    """
    if await _answers(host, port):
        yield FoundBroker(host, port, embedded=False)
        return
    try:
        # Only in the extra `demo`, and slow to load.
        amqtt = await asyncio.to_thread(importlib.import_module, "amqtt.broker")
    except ImportError:
        raise BrokerUnreachable(
            f"No MQTT broker answers at {host}:{port}, and the embedded one is not installed;"
            " start Mosquitto, or install wallflower[demo]."
        ) from None
    port = _free_port(port)
    # Its own chatter is about every packet.
    logging.getLogger("amqtt").setLevel(logging.ERROR)
    logging.getLogger("transitions").setLevel(logging.WARNING)
    config = {
        "listeners": {"default": {"type": "tcp", "bind": f"{LOOPBACK}:{port}"}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    }
    broker = amqtt.Broker(config)
    await broker.start()
    _log.info("An embedded MQTT broker listens on %s:%d.", LOOPBACK, port)
    try:
        yield FoundBroker(LOOPBACK, port, embedded=True)
    finally:
        await broker.shutdown()


async def _answers(host: str, port: int) -> bool:
    try:
        async with aiomqtt.Client(host, port, timeout=PROBE_S):
            return True
    except aiomqtt.MqttError:
        return False


def _free_port(wanted: int) -> int:
    """`wanted` if nobody listens there on loopback, else a port the system picks."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            # As servers do: connections that are just ending do not make a port taken.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((LOOPBACK, port))
                return int(probe.getsockname()[1])
    raise BrokerUnreachable("There is no free port for the embedded MQTT broker.")
