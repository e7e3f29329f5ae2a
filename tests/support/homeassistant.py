"""A real Home Assistant Core on loopback, and a client that waits for what it expects of it.

The bench that starts one lies beside the repository (`shared/ha`) or where `WALLFLOWER_HA` says;
without it, or without root, tests skip and say so.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import httpx
import pytest
import yaml
from websockets.asyncio.client import ClientConnection, connect

from tests.support.mosquitto import free_port
from tests.support.waiting import grown_until

Json: TypeAlias = dict[str, Any]

BENCH: Final = Path(os.environ.get("WALLFLOWER_HA", Path(__file__).parents[3] / "shared/ha"))
START_S: Final = 240.0
"""Ends a start that fails; it takes about 9 s on an idle machine."""
WAIT_S: Final = 60.0
"""Ends a test that fails."""


def _beside(suite: str) -> str:
    """Where a second Home Assistant, on another Debian, lives: beside the bench's first."""
    lib = BENCH / "lib.sh"
    first = re.search(r"HA_ROOT:-([^}]+)}", lib.read_text()) if lib.is_file() else None
    return f"{first[1] if first else ''}-{suite}"


VERSIONS: Final[dict[str, dict[str, str]]] = {
    "2026.11": {},
    "2026.2": {"HA_SUITE": "trixie", "HA_VERSION": "2026.2.3", "HA_ROOT": _beside("trixie")},
}
"""What the bench wants in its environment for each version that tests are run against."""


@dataclass
class Core:
    """One Home Assistant, its files in `folder`, at the broker on `broker_port`."""

    folder: Path
    version: Mapping[str, str]
    broker_port: int
    port: int
    clients: set[Client] = field(default_factory=set)

    async def start(self, *options: str) -> None:
        """Return once it runs and has said so at the broker.

        Its automations are those of `automations.yaml`. Skips the test where there is no bench,
        or where this version was never set up.
        """
        if not (BENCH / "start.sh").is_file():
            pytest.skip(f"no Home Assistant bench at {BENCH}; set WALLFLOWER_HA to its folder")
        if os.geteuid() != 0:
            pytest.skip("Home Assistant's bench needs root")
        ports = ["--ha-port", str(self.port), "--mqtt-port", str(self.broker_port)]
        status, said = await self._bench("start.sh", *ports, *options)
        if "run setup.sh first" in said:
            setting = [f"{key}={value}" for key, value in self.version.items()]
            command = " ".join([*setting, str(BENCH / "setup.sh")])
            pytest.skip(f"this Home Assistant is not set up; as root: {command}")
        if status != 0:
            raise RuntimeError(f"Home Assistant did not start:\n{said}")

    async def stop(self) -> None:
        """End the connections to it as well, for which it would wait ten seconds."""
        for client in self.clients:
            await client.leave()
        status, said = await self._bench("stop.sh", "--ha")
        if status != 0:
            raise RuntimeError(f"Home Assistant did not stop:\n{said}")

    @property
    def config(self) -> Path:
        return self.folder / "config"

    @property
    def log(self) -> str:
        return (self.folder / "home-assistant.log").read_text(errors="replace")

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[Client]:
        """A client with all states there, and those that come."""
        token = (self.folder / "token").read_text().strip()
        url = f"127.0.0.1:{self.port}"
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            httpx.AsyncClient(base_url=f"http://{url}", headers=headers, timeout=30) as rest,
            connect(f"ws://{url}/api/websocket", max_size=None) as socket,
        ):
            client = Client(rest, socket)
            await client._log_in(token)
            reading = asyncio.create_task(client._read(), name="home assistant")
            self.clients.add(client)
            try:
                await client._follow()
                yield client
            finally:
                self.clients.discard(client)
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    async def _bench(self, script: str, *arguments: str) -> tuple[int, str]:
        own = {"HA_RUN": str(self.folder), "HA_PORT": str(self.port), **self.version}
        process = await asyncio.create_subprocess_exec(
            str(BENCH / script),
            *arguments,
            env={**os.environ, **own},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(START_S):
            said, _ = await process.communicate()
        return process.returncode or 0, said.decode(errors="replace")


class Client:
    """Home Assistant as its own frontend sees it."""

    def __init__(self, rest: httpx.AsyncClient, socket: ClientConnection) -> None:
        self.rest = rest
        self.states: dict[str, Json] = {}
        """State objects by entity id, as of now."""
        self.changes: list[Json] = []
        """`data` of every state_changed event since the connection, in order."""
        self.events: list[Json] = []
        """`data` of other events that were asked for with `subscribe_events`, in order."""
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Json]] = {}
        self._grown = asyncio.Event()

    async def leave(self) -> None:
        """End the connection; what was heard stays."""
        await self._socket.close()

    async def ask(self, kind: str, **fields: Any) -> Any:
        """Send a WebSocket command and give its result; `RuntimeError` if it is refused."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps({"id": number, "type": kind, **fields}))
        async with asyncio.timeout(WAIT_S):
            message = await answer
        if not message["success"]:
            raise RuntimeError(f"{kind}: {message['error']}")
        return message["result"]

    async def call(self, action: str, entity_id: str | None = None, **data: Any) -> None:
        """Call an action such as `switch.turn_off`."""
        domain, _, service = action.partition(".")
        target = {"target": {"entity_id": entity_id}} if entity_id else {}
        await self.ask("call_service", domain=domain, service=service, service_data=data, **target)

    async def until(self, condition: Callable[[Client], object]) -> None:
        """Wait until `condition` holds; `TimeoutError` with all states of ours instead."""

        def have() -> str:
            return "\n".join(f"{name}: {state['state']}" for name, state in self.states.items())

        await grown_until(self._grown, lambda: condition(self), wait_s=WAIT_S, have=have)

    async def state(self, entity_id: str, state: str) -> Json:
        """The entity's state object once its state is `state`."""
        await self.until(lambda me: me.states.get(entity_id, {}).get("state") == state)
        return self.states[entity_id]

    def fired(self, entity_id: str) -> list[Json]:
        """Attributes of an event entity, for each time it has fired since the connection."""
        return [
            change["new_state"]["attributes"]
            for change in self.changes
            if change["entity_id"] == entity_id
            and change["old_state"] is not None
            and change["new_state"] is not None
            and change["old_state"]["state"] != change["new_state"]["state"]
            and change["new_state"]["state"] not in ("unavailable", "unknown")
            and change["old_state"]["state"] != "unavailable"
        ]

    async def entities(self) -> list[Json]:
        """MQTT's entities in the registry, disabled ones too, by entity id."""
        everything: list[Json] = await self.ask("config/entity_registry/list")
        ours = [entity for entity in everything if entity["platform"] == "mqtt"]
        return sorted(ours, key=lambda entity: str(entity["entity_id"]))

    async def devices(self) -> dict[str, Json]:
        """MQTT's devices by name."""
        everything: list[Json] = await self.ask("config/device_registry/list")
        return {d["name"]: d for d in everything if any(i[0] == "mqtt" for i in d["identifiers"])}

    async def complaints(self) -> list[str]:
        """Warnings and errors in Core's log that have to do with MQTT, automations or us."""
        about = ("mqtt", "wallflower", "automation", "blueprint", "template")
        found = []
        for entry in await self.ask("system_log/list"):
            text = " ".join([entry["name"], *entry["message"], entry.get("exception") or ""])
            if any(word in text.casefold() for word in about):
                found.append(f"{entry['level']} {text}")
        return found

    async def _log_in(self, token: str) -> None:
        await self._socket.recv()  # it asks for it
        await self._socket.send(json.dumps({"type": "auth", "access_token": token}))
        answer = json.loads(await self._socket.recv())
        if answer["type"] != "auth_ok":
            raise RuntimeError(f"Home Assistant refused the token: {answer}")

    async def _follow(self) -> None:
        await self.ask("subscribe_events", event_type="state_changed")
        for state in await self.ask("get_states"):
            self.states.setdefault(state["entity_id"], state)

    async def _read(self) -> None:
        async for frame in self._socket:
            message = json.loads(frame)
            if message["type"] == "event":
                self._note(message["event"])
            elif answer := self._answers.pop(message["id"], None):
                answer.set_result(message)

    def _note(self, event: Json) -> None:
        self._grown.set()
        change = event["data"]
        if event["event_type"] != "state_changed":
            self.events.append(change)
            return
        self.changes.append(change)
        if change["new_state"] is None:
            self.states.pop(change["entity_id"], None)
        else:
            self.states[change["entity_id"]] = change["new_state"]


async def automate(core: Core, ha: Client, automations: list[Json]) -> None:
    """Have these automations, each with an `id`, and no others, from now on."""
    configuration = core.config / "configuration.yaml"
    include = "automation: !include automations.yaml\n"
    if include not in (known := configuration.read_text()):
        configuration.write_text(known + include)
    (core.config / "automations.yaml").write_text(yaml.safe_dump(automations, allow_unicode=True))
    await ha.call("automation.reload")
    wanted = {automation["id"] for automation in automations}

    def running(me: Client) -> set[str]:
        """Those that were removed, or were refused, stay as unavailable."""
        return {
            state["attributes"]["id"]
            for name, state in me.states.items()
            if name.startswith("automation.") and state["state"] == "on"
        }

    await ha.until(lambda me: running(me) == wanted)


@contextlib.asynccontextmanager
async def core(folder: Path, version: str, broker_port: int) -> AsyncIterator[Core]:
    """A fresh Home Assistant of `VERSIONS` at the broker on `broker_port`."""
    core = Core(folder, VERSIONS[version], broker_port, free_port())
    await core.start()
    try:
        yield core
    finally:
        await core.stop()
