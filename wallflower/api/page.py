"""The web page, as the build of `web/` left it in a folder."""

from __future__ import annotations

import asyncio
import mimetypes
from pathlib import Path
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

    @app.get("/<path:name>")
    @hide
    async def file(name: str) -> Response:
        content = await asyncio.to_thread(read_file, folder, name)
        if content is None:
            abort(404)
        kind, _ = mimetypes.guess_type(name)
        cache = FOREVER if name.startswith("assets/") else "no-cache"
        return Response(
            content,
            content_type=kind or "application/octet-stream",
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
