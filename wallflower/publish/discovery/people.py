"""The device that stands for the people of the house."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from wallflower.publish.discovery.device import Payload, about, payload
from wallflower.publish.topics import Topics
from wallflower.publish.whereabouts import Person

GONE: Final[Payload] = {"p": "sensor"}
"""A component of nothing but its platform: Home Assistant removes the entity."""


def people_device(
    people: Mapping[str, Person], gone: Collection[int], topics: Topics, version: str
) -> str:
    """The device payload (JSON) of `people` by slug, and without those (by id) who are `gone`.

    Entities are known by the person's id: a new name, and so a new topic, leaves the entity, its
    history and what automations say of it alone.
    """
    device_id = topics.people_device
    components: dict[str, Payload] = {_key(voice_id): GONE for voice_id in gone}
    for slug, person in people.items():
        components[_key(person.id)] = {
            "p": "sensor",
            "name": person.name,
            "stat_t": topics.person(slug),
            # None, which Home Assistant shows as "unknown", while never heard.
            "val_tpl": "{{ value_json.stream_name }}",
            "json_attr_t": topics.person(slug),
            "ic": "mdi:account",
            "uniq_id": f"{device_id}_{_key(person.id)}",
            "def_ent_id": f"sensor.wallflower_people_{slug}",
        }
    device = about("Wallflower people", "People", version) | {"via_device": topics.hub_device}
    return payload(device_id, device, components, [topics.status])


def _key(voice_id: int) -> str:
    return f"person_{voice_id}"
