"""What anybody on the broker sees: lines and the health of streams, as they are published."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Final

from wallflower.cli.demo.screen import Screen
from wallflower.publish import MqttConfig
from wallflower.publish.connection import connected

TOPIC: Final = "wallflower"


async def free_topic(host: str, port: int) -> str:
    """The base topic for a demo: `wallflower`, or `wallflower-demo` beside a house that uses it.

    Raises `BrokerUnreachable` or `BrokerRefused`.
    """
    status, marker = f"{TOPIC}/status", f"{TOPIC}-demo/asked/{uuid.uuid4().hex}"
    config = MqttConfig(host=host, port=port)
    async with connected(config, client_id="wallflower-demo-ask") as client:
        await client.subscribe([(status, 1), (marker, 1)])
        # What is retained arrives before what is published now.
        await client.publish(marker, b"", qos=1)
        async for message in client.messages:
            if message.topic.matches(status):
                return f"{TOPIC}-demo" if message.payload == b"online" else TOPIC
            if message.topic.matches(marker):
                break
    return TOPIC


async def watch(config: MqttConfig, screen: Screen, ready: asyncio.Event) -> None:
    """Show what is published under `config.topic` on `screen` until cancelled.

    Sets `ready` once nothing can be missed any more. Raises `BrokerUnreachable` or
    `BrokerRefused`.
    """
    lines, health = f"{config.topic}/+/transcript", f"{config.topic}/+/health"
    async with connected(config, client_id="wallflower-demo-terminal") as client:
        await client.subscribe([(lines, 1), (health, 1)])
        ready.set()
        async for message in client.messages:
            # What was kept at the broker is of an earlier run, or of another house.
            if message.retain or not isinstance(message.payload, (bytes, bytearray)):
                continue
            if not message.payload:
                continue  # a stream that is gone takes its health with it
            payload = json.loads(message.payload)
            if message.topic.matches(lines):
                screen.line(payload)
            else:
                screen.health(message.topic.value.split("/")[-2], payload)
