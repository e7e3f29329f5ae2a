"""What all device payloads have in common.

`via_device` and component keys have no abbreviations; the rest uses the short names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, TypeAlias

MAKER: Final = "Wallflower"

Payload: TypeAlias = dict[str, object]


def about(name: str, model: str, version: str) -> Payload:
    """The part of a payload that describes the device; more may be added to it."""
    return {"name": name, "mf": MAKER, "mdl": model, "sw": version}


def payload(
    device_id: str, device: Payload, components: Mapping[str, Payload], availability: list[str]
) -> str:
    """The device payload (JSON); `availability` are topics that must all say `online`."""
    return json.dumps(
        {
            "dev": {**device, "ids": [device_id]},
            "o": {"name": MAKER, "sw": device["sw"]},
            "avty": depends_on(*availability),
            "avty_mode": "all",
            "qos": 1,
            "cmps": components,
        },
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )


def depends_on(*topics: str) -> list[dict[str, str]]:
    """Topics of which each must say `online` for an entity to be available."""
    return [{"t": topic} for topic in topics]


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
