"""What anybody on the broker sees: the lines as they are published."""

from __future__ import annotations

import json

import aiomqtt

from wallflower.cli.demo.screen import Screen


async def watch(host: str, port: int, screen: Screen) -> None:
    """Show each transcript message of the broker on `screen` until cancelled."""
    async with aiomqtt.Client(host, port) as client:
        await client.subscribe("wallflower/+/transcript", qos=1)
        async for message in client.messages:
            if isinstance(message.payload, (bytes, bytearray)):
                screen.line(json.loads(message.payload))
