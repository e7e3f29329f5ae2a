"""A socket for mDNS on each network, opened and closed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import ClassVar

from zeroconf import Error, IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from wallflower.domain.errors import WallflowerError


class NetworkFailed(WallflowerError):
    """Multicast cannot be sent or heard."""

    code: ClassVar[str] = "mdns_failed"


class Network:
    """An open connection to mDNS. Made by `on_network`, which also closes it."""

    def __init__(self, opened: AsyncZeroconf) -> None:
        self._opened = opened
        self._browsers: list[AsyncServiceBrowser] = []

    @property
    def zeroconf(self) -> Zeroconf:
        return self._opened.zeroconf

    def browse(self, service: str, notice: Callable[[str, bool], None]) -> None:
        """Call `notice` with the name of each `service` that comes or changes (True) or goes."""

        def changed(*, name: str, state_change: ServiceStateChange, **_: object) -> None:
            notice(name, state_change is not ServiceStateChange.Removed)

        self._browsers.append(AsyncServiceBrowser(self.zeroconf, service, handlers=[changed]))

    async def announce(self, info: AsyncServiceInfo) -> None:
        """Announce `info` until the network is closed; under another name if its own is taken."""
        await (await self._opened.async_register_service(info, allow_name_change=True))

    async def close(self) -> None:
        """Say goodbye."""
        for browser in self._browsers:
            await browser.async_cancel()
        await self._opened.async_close()


@asynccontextmanager
async def on_network(addresses: Sequence[str]) -> AsyncIterator[Network]:
    """Be on the networks of these addresses of ours; on leaving, say goodbye.

    Raises `NetworkFailed`, also for what fails inside.
    """
    try:
        network = Network(AsyncZeroconf(interfaces=list(addresses), ip_version=IPVersion.V4Only))
        try:
            yield network
        finally:
            await network.close()
    except (OSError, Error) as error:
        raise NetworkFailed(
            f"mDNS does not work on {', '.join(addresses)} ({str(error) or type(error).__name__}); "
            "check that the network is up and UDP port 5353 is open, or set server.mdns to off."
        ) from error
