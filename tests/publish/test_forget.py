from __future__ import annotations

from pathlib import Path

import aiomqtt

from tests.support.mosquitto import mosquitto, retained
from wallflower.publish import MqttConfig, forget


async def test_takes_only_its_own_off_the_broker(tmp_path: Path) -> None:
    gone = [
        "homeassistant/device/wallflower_ab12/config",
        "homeassistant/device/wallflower_ab12_hall/config",
        *(f"wallflower/{name}" for name in ("status", "health", "listening")),
        *(f"wallflower/hall/{name}" for name in ("status", "health", "speech", "speaker")),
        "wallflower/hall/listening",
        "homeassistant/device/wallflower_ab12_people/config",
        *(f"wallflower/people/{name}" for name in ("anna", "ben")),
    ]
    stays = ["homeassistant/device/wallflower_cd34/config", "wallflower/attic/status"]
    async with mosquitto(tmp_path) as broker:
        async with aiomqtt.Client(broker.host, broker.port) as client:
            for topic in gone + stays:
                await client.publish(topic, "here", qos=1, retain=True)
        config = MqttConfig(broker.host, broker.port)
        await forget(config, node_id="ab12", stream_ids=["hall"])
        assert await retained(broker.port) == dict.fromkeys(stays, "here")


async def test_says_nothing_of_a_device_that_never_was(tmp_path: Path) -> None:
    """Home Assistant would warn of it."""
    house = "homeassistant/device/wallflower_ab12/config"
    async with mosquitto(tmp_path) as broker, aiomqtt.Client(broker.host, broker.port) as client:
        await client.publish(house, "here", qos=1, retain=True)
        await client.subscribe("#", qos=1)
        await forget(MqttConfig(broker.host, broker.port), node_id="ab12", stream_ids=["hall"])
        await client.publish("that/is/all", qos=1)
        told: list[tuple[str, object]] = []
        async for message in client.messages:
            if message.topic.value == "that/is/all":
                break
            told.append((message.topic.value, message.payload))
    assert [one for one in told if "/claim" not in one[0]] == [(house, b"here"), (house, b"")]
