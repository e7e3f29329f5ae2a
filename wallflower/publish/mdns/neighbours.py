"""The other Wallflowers on the network, found by mDNS."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from zeroconf import IPVersion, Zeroconf
from zeroconf.asyncio import AsyncServiceInfo

from wallflower.domain.others import Other
from wallflower.publish.mdns.announcement import SERVICE, other_of
from wallflower.publish.mdns.network import on_network
from wallflower.runtime.clock import Clock, within

MOST: Final = 64
"""More than any house has: strangers may announce as many as they like."""
ANSWER_S: Final = 3.0
"""How long a Wallflower that was noticed may take to say where it is."""


class Neighbours:
    """Notices Wallflowers that come and go; `read` asks each where it is."""

    def __init__(self, but: str | None = None) -> None:
        """`but` is the id of the one that is left out: this one."""
        self._but = but
        self._known: dict[str, Other] = {}
        self._unread: dict[str, None] = {}
        self._noticed = asyncio.Event()

    def seen(self) -> tuple[Other, ...]:
        """All that are there now, by name."""
        return tuple(sorted(self._known.values(), key=lambda one: (one.name.casefold(), one.id)))

    def notice(self, name: str, here: bool) -> None:
        """The service of this name has come or changed, or (not `here`) it has gone."""
        if not here:
            self._known.pop(name, None)
            self._unread.pop(name, None)
        elif name in self._known or len(self._known) + len(self._unread) < MOST:
            self._unread[name] = None
            self._noticed.set()

    async def read(self, zeroconf: Zeroconf) -> None:
        """Ask those that were noticed, one after another, until cancelled."""
        while True:
            await self._noticed.wait()
            self._noticed.clear()
            while self._unread:
                name = next(iter(self._unread))
                other = await _ask(zeroconf, name)
                if name not in self._unread:
                    continue  # it has gone meanwhile
                del self._unread[name]
                if other is not None and other.id != self._but:
                    self._known[name] = other


async def _ask(zeroconf: Zeroconf, name: str) -> Other | None:
    info = AsyncServiceInfo(SERVICE, name)
    if not await info.async_request(zeroconf, ANSWER_S * 1000):
        return None
    addresses = info.parsed_addresses(IPVersion.V4Only) or info.parsed_scoped_addresses()
    return other_of(name, info.properties, addresses, info.port)


async def look_around(
    addresses: Sequence[str], *, seconds: float, clock: Clock
) -> tuple[Other, ...]:
    """The Wallflowers that answer on the networks of our `addresses` within `seconds`.

    Raises `NetworkFailed`.
    """
    neighbours = Neighbours()
    async with on_network(addresses) as network:
        network.browse(SERVICE, neighbours.notice)
        await within(neighbours.read(network.zeroconf), seconds, clock)
    return neighbours.seen()
