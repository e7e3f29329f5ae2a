"""The device that stands for the people of the house."""

from __future__ import annotations

from collections.abc import Mapping

from wallflower.publish.discovery.device import Device, Payload, about, device
from wallflower.publish.topics import Topics
from wallflower.publish.whereabouts import Person


def people_device(people: Mapping[str, Person], topics: Topics, version: str) -> Device:
    """`people` by slug.

    Entities are known by the person's id: a new name, and so a new topic, leaves the entity, its
    history and what automations say of it alone.
    """
    return device(
        topics.people_device,
        about("Wallflower people", "People", version) | {"via_device": topics.hub_device},
        {f"person_{person.id}": _person(slug, person, topics) for slug, person in people.items()},
        availability=[topics.status],
        kept=tuple(topics.person(slug) for slug in people),
    )


def _person(slug: str, person: Person, topics: Topics) -> Payload:
    return {
        "p": "sensor",
        "name": person.name,
        "stat_t": topics.person(slug),
        # None, which Home Assistant shows as "unknown", while never heard.
        "val_tpl": "{{ value_json.stream_name }}",
        "json_attr_t": topics.person(slug),
        "ic": "mdi:account",
        "uniq_id": f"{topics.people_device}_person_{person.id}",
        "def_ent_id": f"sensor.wallflower_people_{slug}",
    }
