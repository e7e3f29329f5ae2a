from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from tests.publish.rig import rigged, serving
from tests.support.mosquitto import HOST, free_port, listening, mosquitto, retained
from wallflower.domain.errors import BrokerUnreachable
from wallflower.publish import MqttConfig, find_or_start_broker

pytestmark = pytest.mark.peer


async def test_a_broker_that_runs_is_used(tmp_path: Path) -> None:
    async with (
        mosquitto(tmp_path) as mosquitto_,
        find_or_start_broker(HOST, mosquitto_.port) as found,
    ):
        assert (found.host, found.port, found.embedded) == (HOST, mosquitto_.port, False)


async def test_the_embedded_broker_is_as_good() -> None:
    """Anonymous, on loopback, with retained messages, QoS 1 in order and the last will."""
    port = free_port()
    async with find_or_start_broker(HOST, port) as found:
        assert (found.host, found.port, found.embedded) == (HOST, port, True)
        async with find_or_start_broker(HOST, port) as again:
            assert (again.port, again.embedded) == (port, False)
        async with listening(port) as listener:
            _, writer = await connect_by_hand(port, client_id=b"gone", will=b"offline")
            for number in range(100):
                await listener.client.publish("numbers", str(number), qos=1)
            await listener.client.publish("kept", "yes", qos=1, retain=True)
            assert await listener.payloads("numbers", 100) == [str(n) for n in range(100)]
            writer.close()
            assert await listener.payloads("will", 1) == ["offline"]
            # Not after the listener has gone: amqtt stumbles when one comes while another leaves.
            assert await retained(port) == {"kept": "yes", "will": "offline"}
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(HOST, port)


async def connect_by_hand(
    port: int, *, client_id: bytes, will: bytes
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """An MQTT client that can vanish: a bare CONNECT with a retained will of QoS 1."""
    reader, writer = await asyncio.open_connection(HOST, port)
    fields = (b"MQTT", client_id, b"will", will)
    name, *payload = (len(field).to_bytes(2, "big") + field for field in fields)
    flags = 0b0010_1110  # retain, QoS 1, will, clean session
    body = name + bytes([4, flags, 0, 60]) + b"".join(payload)
    writer.write(bytes([0x10, len(body)]) + body)
    assert await reader.readexactly(4) == bytes([0x20, 2, 0, 0])
    return reader, writer


async def test_wallflower_lives_with_the_embedded_broker(tmp_path: Path) -> None:
    async with find_or_start_broker(HOST, free_port()) as found:
        config = MqttConfig(found.host, found.port)
        async with rigged(tmp_path, config) as rig, listening(found.port) as listener:
            async with serving(rig) as task:
                await listener.payloads("wallflower/status", 1)
                await rig.say("Good morning.")
                (payload,) = await listener.payloads("wallflower/hall/transcript", 1)
                assert json.loads(payload)["text"] == "Good morning."
                rig.closing.set()
                await task
            kept = await retained(found.port)
    assert kept["wallflower/status"] == kept["wallflower/hall/status"] == "offline"
    assert "homeassistant/device/wallflower_a1b2/config" in kept


async def test_a_broker_that_wants_a_password_is_left_alone(tmp_path: Path) -> None:
    async with (
        mosquitto(tmp_path, users={"anna": "right"}) as taken,
        find_or_start_broker(HOST, taken.port) as found,
    ):
        assert found.embedded
        assert found.port != taken.port


async def test_no_broker_and_none_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "amqtt.broker", None)  # as if it were not installed
    with pytest.raises(BrokerUnreachable, match=r"install wallflower\[demo\]"):
        async with find_or_start_broker(HOST, free_port()):
            pytest.fail("there is a broker")
