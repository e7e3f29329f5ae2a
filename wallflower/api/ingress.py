"""Home Assistant's door: the Supervisor brings requests of its users, and nobody else comes in.

Who asks is judged by the socket's other end, never by a header: the Supervisor has one address on
the network of apps, and takes the headers below away from what browsers send.
Source: Home Assistant's developer documentation, "Presenting your app", ingress.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final, cast

from hypercorn.typing import (
    ASGIFramework,
    ASGIReceiveCallable,
    ASGISendCallable,
    HTTPScope,
    Scope,
    WebsocketScope,
)

from wallflower.api.problems import MEDIA_TYPE, problem_text
from wallflower.api.visitor import SCOPE_KEY, IsAdmin, Via, Visitor

SUPERVISOR: Final = "172.30.32.2"

HEALTH: Final = ("127.0.0.1", "/api/health")
"""Who may ask what besides: the container's own health check."""

PREFIX: Final = re.compile(r"(?:/[A-Za-z0-9_~-]+)+")
"""What a path prefix may look like; it goes into URLs that we give out."""

PEERS_MAX: Final = 100
"""So many refused addresses are logged, each once."""

_POLICY_VIOLATION: Final = 1008

_log = logging.getLogger(__name__)


class Ingress:
    """An ASGI application: `app` for the users of Home Assistant, whose rights `is_admin` tells.

    Requests that pass carry a `Visitor` in their scope and their path prefix as `root_path`.
    `app` must be served elsewhere too: its start and its end are not this door's.
    """

    def __init__(self, app: ASGIFramework, is_admin: IsAdmin) -> None:
        self._app = app
        self._is_admin = is_admin
        self._refused: set[str] = set()

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        peer = (scope["client"] or ("an unknown address",))[0]
        if peer == SUPERVISOR:
            await self._app(self._let_in(scope), receive, send)
        elif scope["type"] == "http" and (peer, scope["path"]) == HEALTH:
            nobody = cast("Scope", {**scope, SCOPE_KEY: Visitor(Via.INGRESS)})
            await self._app(nobody, receive, send)
        else:
            self._log_once(peer)
            await _refuse(scope, send)

    def _let_in(self, scope: HTTPScope | WebsocketScope) -> Scope:
        told: dict[str, Any] = {SCOPE_KEY: visitor_of(scope["headers"], self._is_admin)}
        if prefix := prefix_of(scope["headers"]):
            told |= {"root_path": prefix, "path": prefix + scope["path"]}
        return cast("Scope", {**scope, **told})

    def _log_once(self, peer: str) -> None:
        if peer not in self._refused and len(self._refused) < PEERS_MAX:
            self._refused.add(peer)
            _log.warning(
                "Refused %s at the port of Home Assistant's panel: only Home Assistant may use it; "
                "open Wallflower by its own port instead.",
                peer,
            )


def visitor_of(headers: Iterable[tuple[bytes, bytes]], is_admin: IsAdmin) -> Visitor:
    """The user whom the Supervisor names in `headers` (lower-case names, values in UTF-8).

    An id that is there twice counts for nothing: one of them may be the browser's own.
    """
    headers = list(headers)
    name = _only(headers, b"x-remote-user-display-name") or _only(headers, b"x-remote-user-name")
    return Visitor(Via.INGRESS, _only(headers, b"x-remote-user-id"), name, is_admin)


def prefix_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The path under which Core shows us, `/api/hassio_ingress/…`; '' without a sound one."""
    prefix = _only(headers, b"x-ingress-path") or ""
    return prefix if PREFIX.fullmatch(prefix) else ""


def _only(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> str | None:
    values = [value for name, value in headers if name == wanted]
    return values[0].decode(errors="replace").strip() or None if len(values) == 1 else None


async def _live(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    while True:
        if (await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _refuse(scope: HTTPScope | WebsocketScope, send: ASGISendCallable) -> None:
    if scope["type"] == "websocket":  # before it was accepted: hypercorn answers 403
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": None})
        return
    status = HTTPStatus.FORBIDDEN
    text = problem_text(
        status,
        "not_home_assistant",
        "Only Home Assistant may use this port; open Wallflower in its panel.",
    ).encode()
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", b"%d" % len(text))]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": text, "more_body": False})
