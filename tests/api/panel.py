"""Home Assistant's panel before a running API: requests by sockets that come from its Supervisor.

The Supervisor's address is one of loopback here, so that a test may have it without root; with the
real one in a network namespace: `tests/homeassistant_app/test_house.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx

from tests.api.served import Served
from wallflower.api import Ingress, serve
from wallflower.domain.errors import RightsUnknown

SUPERVISOR = "127.0.0.2"
OTHER = "127.0.0.3"
PREFIX = "/api/hassio_ingress/s3cr3t-T0ken_"


@dataclass
class Panel:
    """The listener for Home Assistant."""

    port: int = 0
    admins: frozenset[str] | None = frozenset({"anna"})
    """None: Core cannot be asked."""
    asked: list[str] = field(default_factory=list)

    async def is_admin(self, user_id: str) -> bool:
        self.asked.append(user_id)
        if self.admins is None:
            raise RightsUnknown("Core is away; try again later.")
        return user_id in self.admins

    def client(
        self, user: str | None = None, *, source: str = SUPERVISOR, prefix: str | None = PREFIX
    ) -> httpx.AsyncClient:
        """As the Supervisor forwards what `user` asks for; every name in the header is given."""
        headers = {"Host": "home.example.org"}
        if prefix is not None:
            headers["X-Ingress-Path"] = prefix
        if user is not None:
            headers |= {"X-Remote-User-Id": user, "X-Remote-User-Name": user}
        return httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}",
            headers=headers,
            timeout=60,
            # Certificates take long to load, and nothing here has one.
            transport=httpx.AsyncHTTPTransport(local_address=source, verify=False),
        )


@contextlib.asynccontextmanager
async def opened(served: Served) -> AsyncIterator[Panel]:
    """The panel of `served`; closes with it. `ingress.SUPERVISOR` has to be `SUPERVISOR`."""
    panel = Panel()
    listening: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    server = asyncio.create_task(
        serve(
            Ingress(served.app, panel.is_admin),
            host="127.0.0.1",
            port=0,
            closing=served.closing,
            on_listening=listening.set_result,
            clock=served.clock,
        )
    )
    panel.port = await listening
    try:
        yield panel
    finally:
        served.closing.set()
        await server
