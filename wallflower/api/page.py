"""The web page, as the build of `web/` left it in a folder."""

from __future__ import annotations

import asyncio
from pathlib import Path, PurePath
from typing import Final

from quart import Quart, Response, abort
from quart_schema import hide

PAGE: Final = Path(__file__).parent / "page"
"""Where the build puts `index.html` and `assets/`."""

UNBUILT: Final = (
    "Wallflower runs, but its web page was not built.\n\n"
    "Build it with:  cd web && npm ci && npm run build\n"
    "The API is here all the same: api/openapi.json describes it.\n"
)

TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""By ending; Python's own table depends on the machine and reads files."""

FOREVER: Final = "public, max-age=31536000, immutable"
"""For `assets/`: their names hold a hash of their content."""


def install(app: Quart, folder: Path) -> None:
    """Serve the page in `folder` from `app`: `/` and the files beside it."""

    @app.get("/")
    @hide
    async def index() -> Response:
        content = await asyncio.to_thread(read_file, folder, "index.html")
        if content is None:
            return Response(UNBUILT, content_type="text/plain; charset=utf-8")
        headers = {"Cache-Control": "no-cache"}
        return Response(content, content_type="text/html; charset=utf-8", headers=headers)

    # No catch-all: unknown addresses under /api must not look like files that can only be read.
    @app.get("/<name>")
    @hide
    async def file(name: str) -> Response:
        return await respond(name, "no-cache")

    @app.get("/assets/<path:name>")
    @hide
    async def asset(name: str) -> Response:
        return await respond(f"assets/{name}", FOREVER)

    async def respond(name: str, cache: str) -> Response:
        content = await asyncio.to_thread(read_file, folder, name)
        if content is None:
            abort(404)
        kind = TYPES.get(PurePath(name).suffix, "application/octet-stream")
        return Response(
            content,
            content_type=kind,
            headers={"Cache-Control": cache},
        )


def read_file(folder: Path, name: str) -> bytes | None:
    """The file `name` inside `folder`; None when there is none or it lies outside. Blocks."""
    root = folder.resolve()
    try:
        path = (root / name).resolve()
        if not path.is_relative_to(root):
            return None
        return path.read_bytes()
    except (OSError, ValueError):  # missing, a folder, unreadable; a NUL in the name
        return None
