"""What earlier versions noted of the devices they announced."""

from __future__ import annotations

import json
from typing import Final

from wallflower.domain.streams import StreamSpec
from wallflower.publish.discovery import Ledger, hub_device, people_device, stream_device
from wallflower.publish.outbox import Values
from wallflower.publish.topics import Topics
from wallflower.publish.whereabouts import Person

STREAMS: Final = "mqtt.streams"
"""A list of stream ids."""
PEOPLE: Final = "mqtt.people"
"""A list of `<voice id> <slug>`."""


async def earlier(values: Values, topics: Topics) -> Ledger:
    """The devices that version 0.1 announced; none on a first start. Raises `StoreError`.

    They are taken to have had all entities of today's: one that never was is harmless to remove.
    """
    ledger = Ledger()
    stream_ids = await _list(values, STREAMS)
    people = {
        slug: Person(int(voice_id), slug, None)
        for voice_id, _, slug in (entry.partition(" ") for entry in await _list(values, PEOPLE))
    }
    devices = [
        stream_device(StreamSpec(stream_id, stream_id, ""), topics, "") for stream_id in stream_ids
    ]
    if people:
        devices.append(people_device(people, topics, ""))
    if devices:
        devices.append(hub_device(topics, ""))
    for device in devices:
        ledger.present(topics.discovery(device.id), device)
    return ledger


async def _list(values: Values, key: str) -> list[str]:
    return list(json.loads(await values.get(key) or "[]"))
