"""Leave nothing behind at a broker."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from wallflower.publish.connection import MqttConfig, connected, kept_on, send
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
        kept = await kept_on(client, [*gone, topics.person("+")], end=topics.claim)
        # Only what is there: Home Assistant warns of a device that goes and never was.
        people = [topic for topic in kept if topic not in gone]
        for topic in (*(one for one in gone if one in kept), *people):
            await send(client, Message(topic, "", retain=True))


async def forget_former(config: MqttConfig, topics: Topics, node_id: str) -> None:
    """Take the devices of `node_id`, which had our base topic before us, off the broker.

    They would show our states beside our own devices.
    """
    async with connected(config, client_id=f"wallflower-{topics.node_id}-forgets") as client:
        former = replace(topics, node_id=node_id).hub_device
        devices = await kept_on(client, [topics.discovery("+")], end=topics.claim)
        for topic, payload in devices.items():
            if topic == topics.discovery(former) or f"/{former}_" in topic:
                await send(client, Message(topic, "", retain=True))
                for state in _kept_for(payload, topics):
                    await send(client, Message(state, "", retain=True))


def _kept_for(payload: str, topics: Topics) -> set[str]:
    """The retained topics below our base that a device payload reads."""
    named = set(re.findall(rf'"({re.escape(topics.base)}/[^"]+)"', payload))
    people = topics.person("")
    return {
        topic
        for topic in named
        if topic.startswith(people)
        or topic in topics.of(_stream_of(topic, topics)).retained(snapshot=True)
    }


def _stream_of(topic: str, topics: Topics) -> str:
    return topic.removeprefix(f"{topics.base}/").partition("/")[0]
