"""Cameras on the network that speak ONVIF, found by asking into the room."""

from __future__ import annotations

import asyncio
import logging
import socket
import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from typing import ClassVar, Final

from wallflower.capture.onvif import GROUP, FoundCamera, cameras, probe
from wallflower.domain.errors import CaptureError
from wallflower.runtime.clock import Clock

REPEAT_AFTER_S: Final = 0.3
"""UDP may be lost: everybody is asked twice."""
MOST: Final = 256
"""More than any house has: strangers may answer as often as they like."""

_log = logging.getLogger(__name__)


class ProbeFailed(CaptureError):
    """The question could not be sent."""

    code: ClassVar[str] = "camera_probe_failed"


async def find_cameras(
    addresses: Sequence[str], *, seconds: float, clock: Clock
) -> list[FoundCamera]:
    """The cameras that answer on the networks of our `addresses` within `seconds`, by host.

    Raises `ProbeFailed` when one of `addresses` is none of ours.
    """
    found = _Found(f"urn:uuid:{uuid.uuid4()}")
    loop = asyncio.get_running_loop()
    with ExitStack() as stack:
        ears = []
        for address in addresses:
            ear, _ = await loop.create_datagram_endpoint(lambda: found, sock=_ear(address))
            stack.callback(ear.close)
            ears.append(ear)
        for wait_s in (min(REPEAT_AFTER_S, seconds), max(seconds - REPEAT_AFTER_S, 0.0)):
            for ear in ears:
                ear.sendto(probe(found.message_id), GROUP)
            await clock.sleep(wait_s)
    return sorted(found.cameras.values(), key=lambda camera: (camera.host, camera.id))


def _ear(address: str) -> socket.socket:
    """A socket that asks on the network of `address` only, and not beyond its routers."""
    ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        ear.setblocking(False)
        ear.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
        ear.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        ear.bind((address, 0))
    except OSError as error:
        ear.close()
        raise ProbeFailed(
            f"Cameras cannot be looked for from {address} ({error}); check the network."
        ) from error
    return ear


class _Found(asyncio.DatagramProtocol):
    def __init__(self, message_id: str) -> None:
        self.message_id = message_id
        self.cameras: dict[str, FoundCamera] = {}

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        for camera in cameras(data, answering=self.message_id, sender=addr[0]):
            if len(self.cameras) < MOST:
                self.cameras.setdefault(camera.id, camera)

    def error_received(self, exc: Exception) -> None:
        _log.debug("A probe for cameras was not sent: %s", exc)
