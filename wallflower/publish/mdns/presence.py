"""This Wallflower on the network: announced, and looking for others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from ipaddress import IPv4Address
from typing import Final

from zeroconf.asyncio import AsyncServiceInfo

from wallflower.domain.others import Others
from wallflower.publish.mdns.announcement import SERVICE, Identity, label
from wallflower.publish.mdns.neighbours import Neighbours
from wallflower.publish.mdns.network import on_network
from wallflower.runtime.addresses import lan_addresses
from wallflower.runtime.clock import Clock, wait_until
from wallflower.runtime.health import Health, HealthState

PART: Final = "mdns"
LOOK_EVERY_S: Final = 30.0
"""How often our addresses are read: networks come up after us, routers hand out new addresses."""
LISTEN_FIRST_S: Final = 2.0
"""Whoever has our name already says so within this time (mDNS lets nobody repeat itself within a
second); zeroconf alone waits for half a second."""

_log = logging.getLogger(__name__)


class Presence:
    """Run `run_once` under a supervisor; it also returns when the addresses change."""

    def __init__(
        self,
        identity: Identity,
        *,
        host: str,
        clock: Clock,
        health: Health,
        silent_because: str | None = None,
        addresses: Callable[[], Sequence[str]] = lan_addresses,
    ) -> None:
        """The page listens on `host`. With a reason for it, nothing is sent and nobody found."""
        self._identity = identity
        self._host = host
        self._clock = clock
        self._health = health
        self._silent_because = silent_because
        self._all_addresses = addresses
        self._neighbours = Neighbours()

    def others(self) -> Others:
        """Who is there besides us."""
        return Others(self._neighbours.seen(), self._silent_because)

    async def run_once(self, port: int, closing: asyncio.Event) -> None:
        """Be there until `closing` is set; the page answers at `port`. Raises `NetworkFailed`."""
        if self._silent_because is not None:
            _log.info("%s", self._silent_because)
            await closing.wait()
            return
        addresses = self._addresses()
        if not addresses:
            self._neighbours = Neighbours()
            self._health.forget(PART)  # what failed on a network that has gone is no trouble now
            _log.info("Not announced by mDNS: this machine has no address on a network yet.")
            await self._until_moved(addresses, closing)
            return
        self._neighbours = Neighbours(but=self._identity.id)
        async with on_network(addresses) as network:
            network.browse(SERVICE, self._neighbours.notice)
            if await wait_until(closing, LISTEN_FIRST_S, self._clock):
                return
            info = self._info(addresses, port)
            await network.announce(info)
            self._health.report(PART, HealthState.OK)
            _log.info("Announced by mDNS as %s at %s.", info.name, ", ".join(addresses))
            await _first(
                moved=self._until_moved(addresses, closing),
                neighbours=self._neighbours.read(network.zeroconf),
            )

    def _addresses(self) -> list[str]:
        """Where the page can be reached: all addresses, or the one that it listens on."""
        addresses = list(self._all_addresses())
        return [self._host] if self._host in addresses else addresses

    async def _until_moved(self, addresses: list[str], closing: asyncio.Event) -> None:
        while not await wait_until(closing, LOOK_EVERY_S, self._clock):
            if self._addresses() != addresses:
                _log.info("The addresses of this machine have changed; announcing anew.")
                return

    def _info(self, addresses: Sequence[str], port: int) -> AsyncServiceInfo:
        return AsyncServiceInfo(
            SERVICE,
            f"{label(self._identity.name)}.{SERVICE}",
            addresses=[IPv4Address(address).packed for address in addresses],
            port=port,
            properties=self._identity.text,
            server=f"wallflower-{self._identity.id}.local.",
        )


async def _first(**works: Coroutine[object, object, None]) -> None:
    """Run all of `works` until one has ended; raises what it raises."""
    tasks = [asyncio.create_task(work, name=f"mdns: {name}") for name, work in works.items()]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
