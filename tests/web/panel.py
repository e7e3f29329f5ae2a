"""Home Assistant as the browser meets it: Core's page with our panel in a frame, on one origin.

Core and the Supervisor forward requests here as their sources do (`hassio/ingress.py` in Core,
`api/ingress.py` in the Supervisor): the browser's Host stays, the user's headers are theirs alone,
what has no length is streamed. The real ones cannot be had without Home Assistant OS.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
from quart import Quart, Response, request

from tests.web.site import Site
from wallflower.api import Ingress, serve

SUPERVISOR = "127.0.0.2"
PREFIX = "/api/hassio_ingress/Zb3kPq_9-x"
CORES_PAGE = f"""<!doctype html>
<title>Core</title>
<link rel="icon" href="data:," />
<style>html, body, iframe {{ margin: 0; border: 0; width: 100%; height: 100% }}</style>
<iframe title="Wallflower" src="{PREFIX}/"></iframe>
"""

_OURS = ("x-remote-user-id", "x-remote-user-name", "x-remote-user-display-name", "x-ingress-path")
_NOT_FORWARDED = ("content-length", "transfer-encoding", "accept-encoding", "connection", *_OURS)
_NOT_ANSWERED = ("content-length", "transfer-encoding", "content-encoding", "connection")


class HomeAssistant:
    """Somebody is logged in as `user` and looks at Core's page."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._closing = asyncio.Event()
        self._servers: list[asyncio.Task[None]] = []
        self._client: httpx.AsyncClient
        self.admins = {"anna"}
        self.user = "anna"
        self.url = ""

    async def is_admin(self, user_id: str) -> bool:
        return user_id in self.admins

    async def open(self) -> None:
        panel = await self._serve(Ingress(self._site.app, self.is_admin))
        transport = httpx.AsyncHTTPTransport(local_address=SUPERVISOR, verify=False)
        self._client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{panel}", transport=transport, timeout=60
        )
        self.url = f"http://127.0.0.1:{await self._serve(self._core())}/"

    async def close(self) -> None:
        self._closing.set()
        await asyncio.gather(*self._servers)
        await self._client.aclose()

    async def _serve(self, app: Quart | Ingress) -> int:
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        serving = serve(
            app, host="127.0.0.1", port=0, closing=self._closing, on_listening=port.set_result
        )
        self._servers.append(asyncio.create_task(serving))
        return await port

    def _core(self) -> Quart:
        app = Quart("core", static_folder=None)

        @app.get("/")
        async def cores_page() -> Response:
            return Response(CORES_PAGE, content_type="text/html")

        @app.route(f"{PREFIX}/", defaults={"path": ""}, methods=["GET"])
        @app.route(f"{PREFIX}/<path:path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
        async def ingress(path: str) -> Response:
            return await self._forward(path)

        return app

    async def _forward(self, path: str) -> Response:
        asked = self._client.build_request(
            request.method,
            f"/{path}",
            params=request.args.to_dict(flat=False),
            headers=self._headers(),
            content=await request.get_data(as_text=False),
        )
        answer = await self._client.send(asked, stream=True)

        async def body() -> AsyncIterator[bytes]:
            async with contextlib.aclosing(answer):
                async for piece in answer.aiter_raw():
                    yield piece

        response = Response(body(), answer.status_code)
        response.timeout = None
        for name, value in answer.headers.multi_items():
            if name not in _NOT_ANSWERED:
                response.headers[name] = value
        return response

    def _headers(self) -> list[tuple[str, str]]:
        kept = [(n, v) for n, v in request.headers.items() if n.lower() not in _NOT_FORWARDED]
        return [
            *kept,
            ("X-Ingress-Path", PREFIX),
            ("X-Forwarded-Host", request.host),
            ("X-Forwarded-Proto", "http"),
            ("X-Remote-User-Id", self.user),
            ("X-Remote-User-Display-Name", self.user.title()),
        ]
