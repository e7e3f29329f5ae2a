"""Leave nothing behind at a broker."""

from __future__ import annotations

from collections.abc import Iterable

import aiomqtt

from wallflower.publish.connection import MqttConfig, connected, send, subscribe
from wallflower.publish.payloads import Message
from wallflower.publish.topics import Topics


async def forget(config: MqttConfig, *, node_id: str, stream_ids: Iterable[str]) -> None:
    """Take the retained topics and the devices of an instance that has ended off the broker.

    People are found there; streams are named, as other instances may share the base topic.
    Devices go first, so that Home Assistant never sees one without a state. Raises
    `BrokerUnreachable` or `BrokerRefused`.
    """
    ids = tuple(stream_ids)
    topics = Topics(config.topic, config.discovery_prefix, node_id)
    devices = [topics.people_device, *(topics.device(stream_id) for stream_id in (*ids, None))]
    gone = [topics.discovery(device) for device in devices]
    for stream_id in ids:
        gone += topics.of(stream_id).retained(snapshot=True)
    gone += [topics.status, topics.health, topics.listening]
    async with connected(config, client_id=f"wallflower-{node_id}-forget") as client:
        for topic in gone + await _people(client, topics):
            await send(client, Message(topic, "", retain=True))


async def _people(client: aiomqtt.Client, topics: Topics) -> list[str]:
    """The topics of people that the broker keeps."""
    await subscribe(client, [topics.person("+")])
    # The broker answers in order: once our own message is back, all that it keeps was here.
    end = topics.person("-")  # unlike any slug
    await send(client, Message(end, ""))
    kept = []
    async for message in client.messages:
        if message.topic.value == end:
            break
        kept.append(message.topic.value)
    return kept
