"""What all device payloads have in common.

`via_device` and component keys have no abbreviations; the rest uses the short names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from wallflower import PROJECT_URL
from wallflower.publish.payloads import OFFLINE, ONLINE

MAKER: Final = "Wallflower"

RARELY: Final[Mapping[str, object]] = {"en": False}
"""Of an entity that few people need: Home Assistant adds it, but disabled."""

REMOVED: Final = ""
"""The payload that removes a device."""

Payload: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Device:
    """A device as Home Assistant is told of it.

    A component's key keeps its platform for ever: one payload cannot both take an entity away
    and put one of another platform under the same key.
    """

    id: str
    payload: Payload
    """Without its components."""
    components: Mapping[str, Payload]
    kept: tuple[str, ...] = field(default=())
    """Topics that the broker keeps for it, and that go with it."""


def about(name: str, model: str, version: str) -> Payload:
    """The part of a payload that describes the device; more may be added to it."""
    return {"name": name, "mf": MAKER, "mdl": model, "sw": version}


def device(
    device_id: str,
    description: Payload,
    components: Mapping[str, Payload],
    *,
    availability: list[str],
    kept: tuple[str, ...],
) -> Device:
    """A device whose entities are there while all topics of `availability` say `online`."""
    payload: Payload = {
        "dev": {**description, "ids": [device_id]},
        "o": {"name": MAKER, "sw": description["sw"], "url": PROJECT_URL},
        "avty": depends_on(*availability),
        "avty_mode": "all",
        "qos": 1,
    }
    return Device(device_id, payload, components, kept)


def text(payload: Payload, components: Mapping[str, Payload]) -> str:
    """A device payload as it goes to the broker."""
    return json.dumps(
        {**payload, "cmps": components},
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )


def depends_on(*topics: str) -> list[dict[str, str]]:
    """Topics of which each must say `online` for an entity to be available.

    The payloads are Home Assistant's defaults. But while it loads its platforms for the first
    time, it now and then (seen in 2026.2) forgets to fill them in, and with that the entity.
    """
    return [{"t": topic, "pl_avail": ONLINE, "pl_not_avail": OFFLINE} for topic in topics]


def identified(
    device_id: str, prefix: str, components: Mapping[str, Payload]
) -> dict[str, Payload]:
    """`components` with ids made of their keys; `prefix` begins the entity ids asked for."""
    return {
        key: {
            **component,
            "uniq_id": f"{device_id}_{key}",
            "def_ent_id": f"{component['p']}.{prefix}_{key}",
        }
        for key, component in components.items()
    }
