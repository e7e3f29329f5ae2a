"""Who may talk to the API before there are accounts: pages of this house, programs, nobody else.

A browser would let any web site on the internet send requests to a box in the house. Two checks
keep those out: the `Host` must be one an outsider cannot own (against DNS rebinding), and a
request that changes something must come from our own page (against cross-site requests).

In Home Assistant's panel the browser speaks to Core, under whatever name Core has on the internet,
and Core lets in only who logged in there: no name is wrong then, and our own page is the one that
has Core's name.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from quart import Quart, Response, request

from wallflower.api.problems import problem
from wallflower.api.visitor import Via, visitor

READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

HOUSE_SUFFIXES: Final = (".local", ".localhost", ".lan", ".internal", ".home.arpa")
"""Endings of names that no public DNS server answers for."""

PREFLIGHT_AGE_S: Final = 600

SECURITY_HEADERS: Final = {
    # Svelte's page needs nothing but its own files; the panel of Home Assistant frames it.
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def host_name(netloc: str) -> str:
    """The lower-case host of a `Host` header, without port and brackets; '' when malformed."""
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


def is_house_host(host: str) -> bool:
    """Whether no outsider can make `host` point at this machine.

    An address cannot be rebound, and names without a dot or with `HOUSE_SUFFIXES` are not
    answered by public DNS servers.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(host) and ("." not in host or host.endswith(HOUSE_SUFFIXES))
    return True


def may_change(
    *, host: str, origin: str | None, fetch_site: str | None, allowed: Collection[str]
) -> bool:
    """Whether a request that changes something comes from our page, or from no web page at all.

    `host`, `origin` and `fetch_site` are the headers Host, Origin and Sec-Fetch-Site; `allowed`
    are further origins (`https://name`). Programs other than browsers send neither of the last
    two.
    """
    if origin in allowed or fetch_site in ("same-origin", "none"):
        return True
    if origin is None:
        return fetch_site is None
    # Browsers leave the default port out of both, so the texts are alike or the origins differ.
    return origin.lower().partition("://")[2] == host.lower() != ""


def _asked_host() -> str:
    """The `Host` that the browser sent: a proxy before Core may have put another one in place."""
    host = request.headers.get("Host", "")
    if visitor().via is Via.INGRESS:
        return request.headers.get("X-Forwarded-Host", host).partition(",")[0].strip()
    return host


def install(app: Quart, cors_origins: Collection[str]) -> None:
    """Guard every route of `app`; pages of `cors_origins` may use the API as our own does."""
    allowed_hosts = {urlsplit(origin).hostname for origin in cors_origins}

    @app.before_request
    async def check() -> Response | None:
        host = host_name(request.headers.get("Host", ""))
        here = visitor().via is Via.INGRESS or is_house_host(host) or host in allowed_hosts
        if not here:
            return problem(
                HTTPStatus.FORBIDDEN,
                "host_not_allowed",
                "Wallflower does not answer under this host name; use its address, or add "
                "https://<name> to server.cors_origins.",
            )
        if request.method not in READS and not may_change(
            host=_asked_host(),
            origin=request.headers.get("Origin"),
            fetch_site=request.headers.get("Sec-Fetch-Site"),
            allowed=cors_origins,
        ):
            return problem(
                HTTPStatus.FORBIDDEN,
                "cross_origin",
                "Web pages of other origins may not change anything here; add the origin to "
                "server.cors_origins to allow it.",
            )
        return None

    @app.after_request
    async def mark(response: Response) -> Response:
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        if cors_origins:
            response.headers.add("Vary", "Origin")
        origin = request.headers.get("Origin")
        if origin in cors_origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE"
                response.headers["Access-Control-Allow-Headers"] = "Content-Type, Last-Event-ID"
                response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_AGE_S)
        return response
