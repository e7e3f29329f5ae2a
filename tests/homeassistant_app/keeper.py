"""A Supervisor, played: HTTP and WebSocket over real sockets, as the apps of Home Assistant see it.

The real one runs only on Home Assistant OS. What it forwards to Core is asked of the real Core in
`tests/homeassistant/test_admins.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from quart import Quart, Response, request, websocket

from wallflower.api import serve
from wallflower.homeassistant import Supervisor

TOKEN = "the-apps-own"

BROKER: dict[str, Any] = {
    "addon": "core_mosquitto",
    "host": "core-mosquitto",
    "port": "1883",  # as text: some apps send it so
    "ssl": False,
    "username": "addons",
    "password": "Sesame",
    "protocol": "3.1.1",
}


def user(user_id: str, *groups: str, active: bool = True, owner: bool = False) -> dict[str, Any]:
    """A user as Core lists them."""
    return {
        "id": user_id,
        "username": user_id,
        "name": user_id.title(),
        "is_owner": owner,
        "is_active": active,
        "local_only": False,
        "system_generated": False,
        "group_ids": list(groups),
        "credentials": [{"type": "homeassistant"}],
    }


class Keeper:
    """What it is asked, and what it answers."""

    def __init__(self) -> None:
        self.broker: dict[str, Any] | None = BROKER
        self.users: Any = [user("anna", "system-admin"), user("ben", "system-users")]
        self.refusal: dict[str, Any] | None = None
        """What Core answers in place of users."""
        self.mute = False
        """Core answers nothing any more."""
        self.trouble: Response | None = None
        """What every question by HTTP is answered with."""
        self.asked: list[str] = []
        """Questions in order: methods with paths, and Core's message types."""

    def app(self) -> Quart:
        app = Quart("supervisor")

        @app.get("/services/mqtt")
        async def mqtt() -> Response:
            self.asked.append(f"{request.method} {request.path}")
            if self.trouble is not None:
                return self.trouble
            if request.headers.get("Authorization") != f"Bearer {TOKEN}":
                return _answer(401, {"result": "error", "message": "Unauthorized"})
            if self.broker is None:
                return _answer(400, {"result": "error", "message": "Service not enabled"})
            return _answer(200, {"result": "ok", "data": self.broker})

        @app.websocket("/core/websocket")
        async def core() -> None:
            await websocket.send(json.dumps({"type": "auth_required", "ha_version": "2026.11.0"}))
            hello = json.loads(await websocket.receive())
            if hello != {"type": "auth", "access_token": TOKEN}:
                await websocket.send(json.dumps({"type": "auth_invalid", "message": "Invalid"}))
                return
            await websocket.send(json.dumps({"type": "auth_ok", "ha_version": "2026.11.0"}))
            question = json.loads(await websocket.receive())
            self.asked.append(question["type"])
            if not self.mute:
                await websocket.send(json.dumps(self._listed(question["id"])))
            await websocket.receive()  # until the client is gone

        return app

    def _listed(self, number: int) -> dict[str, Any]:
        said: dict[str, Any] = {"id": number, "type": "result"}
        if self.refusal is not None:
            return said | self.refusal
        return said | {"success": True, "result": self.users}


def _answer(status: int, body: dict[str, Any]) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")


@contextlib.asynccontextmanager
async def keeping(keeper: Keeper, port: int = 0) -> AsyncIterator[Supervisor]:
    """`keeper` on `port` (0: a free one); our client of it."""
    closing = asyncio.Event()
    actual: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    server = asyncio.create_task(
        serve(
            keeper.app(),
            host="127.0.0.1",
            port=port,
            closing=closing,
            on_listening=actual.set_result,
        )
    )
    try:
        yield Supervisor(TOKEN, f"http://127.0.0.1:{await actual}")
    finally:
        closing.set()
        await server
