"""Wallflower as an app, seen from the network of apps: run this in a network namespace of its own.

Here the Supervisor has its true address and its true name, and the appliance is the very program.
Prints what happened as JSON; `test_house.py` starts it and judges.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import httpx

from tests.homeassistant_app.keeper import BROKER, TOKEN, Keeper, keeping
from tests.support.child import house
from tests.support.mosquitto import listening, mosquitto

SUPERVISOR = "172.30.32.2"
NEIGHBOUR = "172.30.33.5"
"""Another app on the same network."""
INGRESS_PORT = 8756
ENGINE = {"asr": {"engine": "embedded"}}


async def ask(source: str, path: str, **headers: str) -> tuple[int, Any]:
    """Status and JSON of a request to the port of the panel that comes from `source`."""
    transport = httpx.AsyncHTTPTransport(local_address=source)
    async with httpx.AsyncClient(transport=transport, timeout=60) as client:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await client.get(f"http://{SUPERVISOR}:{INGRESS_PORT}{path}", headers=named)
        return answer.status_code, answer.json()


async def visits() -> dict[str, Any]:
    anna = {"X_Remote_User_Id": "anna", "X_Remote_User_Display_Name": "Anna"}
    return {
        "anna": await ask(SUPERVISOR, "/api/me", **anna),
        "ben": await ask(SUPERVISOR, "/api/me", X_Remote_User_Id="ben"),
        "neighbour": await ask(NEIGHBOUR, "/api/me", **anna, X_Forwarded_For=SUPERVISOR),
        "neighbour's health check": await ask(NEIGHBOUR, "/api/health"),
        "own health check": await ask_itself("/api/health"),
        "own visit": await ask_itself("/api/me"),
    }


async def ask_itself(path: str) -> tuple[int, Any]:
    async with httpx.AsyncClient(timeout=60) as client:
        answer = await client.get(f"http://127.0.0.1:{INGRESS_PORT}{path}")
        return answer.status_code, answer.json()


async def broker_health() -> Any:
    _, health = await ask(SUPERVISOR, "/api/health")
    return next(part for part in health["parts"] if part["part"] == "mqtt")


def as_it_is(file: Path) -> tuple[bytes, int, int]:
    """What tells whether somebody wrote to `file`."""
    status = file.stat()
    return file.read_bytes(), status.st_ino, status.st_mtime_ns


async def story(folder: Path) -> dict[str, Any]:
    keeper = Keeper()
    keeper.broker = None
    os.environ["SUPERVISOR_TOKEN"] = TOKEN
    told: dict[str, Any] = {}
    async with (
        keeping(keeper, port=80),
        mosquitto(folder, users={"addons": "Sesame"}) as broker,
        house(folder, ENGINE) as child,
    ):
        options = folder / "wallflower.yaml"
        before = as_it_is(options)
        told["visits"] = await visits()
        await child.logged("Home Assistant has no MQTT broker")
        told["without broker"] = await broker_health()
        keeper.broker = BROKER | {"host": "127.0.0.1", "port": broker.port}
        await child.logged(f"Connected to the MQTT broker at 127.0.0.1:{broker.port}")
        told["with broker"] = await broker_health()
        async with listening(broker.port, username="addons", password="Sesame") as listener:
            told["status"] = await listener.payloads("wallflower/status", 1)
        child.signal(signal.SIGTERM)
        told["ended"] = await child.ended()
        told["options as they were"] = before == as_it_is(options)
        told["asked"] = sorted(set(keeper.asked))
    return told


if __name__ == "__main__":
    print(json.dumps(asyncio.run(story(Path(sys.argv[1])))))
