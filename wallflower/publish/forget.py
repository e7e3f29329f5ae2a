"""Leave nothing behind at a broker."""

from __future__ import annotations

from collections.abc import Iterable

from wallflower.publish.connection import MqttConfig, connected, send
from wallflower.publish.payloads import Message
from wallflower.publish.topics import Topics


async def forget(config: MqttConfig, *, node_id: str, stream_ids: Iterable[str]) -> None:
    """Take the retained topics and the devices of an instance that has ended off the broker.

    Devices go first, so that Home Assistant never sees one without a state. Raises
    `BrokerUnreachable` or `BrokerRefused`.
    """
    ids = tuple(stream_ids)
    topics = Topics(config.topic, config.discovery_prefix, node_id)
    gone = [topics.discovery(topics.device(stream_id)) for stream_id in (*ids, None)]
    for stream_id in ids:
        gone += topics.of(stream_id).retained
    gone += [topics.status, topics.health, topics.listening]
    async with connected(config, client_id=f"wallflower-{node_id}-forget") as client:
        for topic in gone:
            await send(client, Message(topic, "", retain=True))
