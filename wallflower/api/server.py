"""hypercorn as one task of ours: our sockets, our signal to stop, a bound on stopping."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Callable
from typing import Final

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config
from hypercorn.typing import ASGIFramework, ASGIReceiveCallable, ASGISendCallable, Scope

from wallflower.domain.errors import BadSettings
from wallflower.runtime.clock import Clock, SystemClock

GRACE_S: Final = 2.0
"""How long requests under way may still take once the house closes."""

STUCK_S: Final = 5.0
"""A client that takes nothing of what it is sent for this long is cut off."""

BACKLOG: Final = 128


async def serve(
    app: ASGIFramework,
    *,
    host: str,
    port: int,
    closing: asyncio.Event,
    on_listening: Callable[[int], None] | None = None,
    clock: Clock | None = None,
    setting: str = "server.port",
) -> None:
    """Serve `app` on `host`:`port` until `closing` is set, then let open requests end.

    Port 0 takes a free one; `on_listening` hears the real port as soon as clients can connect.
    Streams must end by themselves once `closing` is set. Cancelling sets `closing`, since
    hypercorn waits for open streams. Raises `BadSettings`, which names `setting`, when it cannot
    listen on the port.
    """
    listener = listen(host, port, setting)
    actual_port: int = listener.getsockname()[1]
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]  # hypercorn owns and closes it from here
    config.errorlog = logging.getLogger("hypercorn.error")
    config.include_server_header = False
    config.graceful_timeout = GRACE_S
    bounded = Bounded(app)
    server = asyncio.create_task(
        hypercorn_serve(bounded, config, shutdown_trigger=closing.wait), name="hypercorn"
    )
    late = asyncio.create_task(
        bounded.end_late(closing, clock or SystemClock()), name="late requests"
    )
    try:
        if on_listening is not None:
            on_listening(actual_port)
        await asyncio.shield(server)
    except asyncio.CancelledError:
        closing.set()
        await server
        raise
    finally:
        late.cancel()


class Bounded:
    """An ASGI application whose requests end at last when the house closes."""

    def __init__(self, app: ASGIFramework) -> None:
        self._app = app
        self._requests: set[asyncio.Task[None]] = set()

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        request = asyncio.current_task()
        if scope["type"] != "http" or request is None:
            await self._app(scope, receive, send)
            return
        self._requests.add(request)
        try:
            await self._app(scope, receive, send)
        finally:
            self._requests.discard(request)

    async def end_late(self, closing: asyncio.Event, clock: Clock) -> None:
        """Cancel the requests that still run `GRACE_S` after `closing` was set."""
        await closing.wait()
        await clock.sleep(GRACE_S)
        for request in self._requests:
            request.cancel()


def listen(host: str, port: int, setting: str = "server.port") -> socket.socket:
    """A listening socket. Raises `BadSettings` with a sentence that names the setting."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server(
            (host, port), family=family, backlog=BACKLOG, dualstack_ipv6=host == "::"
        )
    except (OSError, OverflowError) as error:
        raise BadSettings(_explain(error, host, port, setting)) from None
    # Accepted connections inherit it. Without it one stuck client holds up stopping for ever:
    # closing a connection waits until its last byte was taken.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(STUCK_S * 1000))
    return listener


def _explain(error: OSError | OverflowError, host: str, port: int, setting: str) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is in use by another program; stop that one or set "
            f"{setting} to a free port."
        )
    if number == errno.EACCES:
        return f"Port {port} may not be used without root; set {setting} above 1023."
    if isinstance(error, OverflowError):
        return f"Port {port} does not exist; set {setting} to 1 to 65535."
    return (
        f"Wallflower cannot listen on {host}; set server.host to an address of this machine "
        "(127.0.0.1: this machine only, 0.0.0.0: all networks)."
    )
