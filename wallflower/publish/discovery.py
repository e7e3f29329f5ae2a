"""Device payloads of Home Assistant's MQTT discovery. Pure.

One device per stream and one for the house. Home Assistant refuses a whole device for one
unknown key and reports that in its own log only, so the tests check every payload against its
rules. `via_device` and component keys have no abbreviations; the rest uses the short names.
"""

from __future__ import annotations

import json
from typing import Final, TypeAlias

from wallflower.domain.streams import StreamSpec, StreamState
from wallflower.publish.payloads import RESTART
from wallflower.publish.topics import Topics

MAKER: Final = "Wallflower"

Payload: TypeAlias = dict[str, object]


def stream_device(spec: StreamSpec, topics: Topics, version: str) -> str:
    """The device payload (JSON) of one stream."""
    t = topics.of(spec.id)
    device_id = topics.stream_device(spec.id)
    # A stream that cannot be heard makes its sensors unavailable. What tells why, and what
    # mends it, stays: those entities depend on Wallflower alone.
    always: Payload = {"avty": [{"t": topics.status}]}
    components: dict[str, Payload] = {
        "last_transcript": {
            "p": "sensor",
            "name": "Last transcript",
            "stat_t": t.transcript,
            # A state of more than 255 characters would become "unknown"; the full text is in
            # the attributes.
            "val_tpl": "{{ value_json.text | default('', true) | truncate(255, true, '…', 0) }}",
            "json_attr_t": t.transcript,
            "frc_upd": True,
            "ic": "mdi:text-to-speech",
        },
        "speaker": {
            "p": "sensor",
            "name": "Current speaker",
            "stat_t": t.speaker,
            "val_tpl": "{{ value_json.name or 'Unknown' }}",
            "json_attr_t": t.speaker,
            "ic": "mdi:account-voice",
        },
        "speech": {
            "p": "binary_sensor",
            "name": "Speech",
            "dev_cla": "sound",
            "stat_t": t.speech,
        },
        "silence": {
            "p": "binary_sensor",
            "name": "No audio",
            "dev_cla": "problem",
            "ent_cat": "diagnostic",
            "stat_t": t.health,
            "val_tpl": "{{ 'ON' if value_json.silent else 'OFF' }}",
        },
        "listening": {
            "p": "switch",
            "name": "Listening",
            "stat_t": t.listening,
            "cmd_t": t.listening_set,
            "ic": "mdi:microphone",
            **always,
        },
        "state": {
            "p": "sensor",
            "name": "Stream state",
            "dev_cla": "enum",
            "ops": [state.value for state in StreamState],
            "ent_cat": "diagnostic",
            "stat_t": t.health,
            "val_tpl": "{{ value_json.state }}",
            "json_attr_t": t.health,
            **always,
        },
        "restart": {
            "p": "button",
            "name": "Restart stream",
            "dev_cla": "restart",
            "ent_cat": "config",
            "cmd_t": t.command,
            "pl_prs": RESTART,
            **always,
        },
    }
    device: Payload = {
        "name": spec.name,
        "mf": MAKER,
        "mdl": "Camera audio",
        "sw": version,
        "via_device": topics.hub_device,
    }
    if spec.area:
        device["sa"] = spec.area
    availability = [{"t": topics.status}, {"t": t.status}]
    return _payload(device, device_id, components, spec.id, availability)


def hub_device(topics: Topics, version: str) -> str:
    """The device payload (JSON) of this Wallflower as a whole."""
    components: dict[str, Payload] = {
        "engine": {
            "p": "binary_sensor",
            "name": "Transcription engine",
            "dev_cla": "connectivity",
            "ent_cat": "diagnostic",
            "stat_t": topics.health,
            "val_tpl": "{{ 'ON' if value_json.engine_ready else 'OFF' }}",
            "json_attr_t": topics.health,
        },
        "streams_online": {
            "p": "sensor",
            "name": "Cameras online",
            "ent_cat": "diagnostic",
            "stat_t": topics.health,
            "val_tpl": "{{ value_json.streams_online }}",
            "stat_cla": "measurement",
            "ic": "mdi:cctv",
        },
        "started": {
            "p": "sensor",
            "name": "Started",
            "dev_cla": "timestamp",
            "ent_cat": "diagnostic",
            "stat_t": topics.health,
            "val_tpl": "{{ value_json.started_at }}",
        },
        "version": {
            "p": "sensor",
            "name": "Version",
            "ent_cat": "diagnostic",
            "stat_t": topics.health,
            "val_tpl": "{{ value_json.version }}",
            "ic": "mdi:tag",
        },
        "listening": {
            "p": "switch",
            "name": "Listening",
            "stat_t": topics.listening,
            "cmd_t": topics.listening_set,
            "ic": "mdi:ear-hearing",
        },
        "restart": {
            "p": "button",
            "name": "Restart",
            "dev_cla": "restart",
            "ent_cat": "config",
            "cmd_t": topics.command,
            "pl_prs": RESTART,
        },
    }
    device: Payload = {
        "name": "Wallflower",
        "mf": MAKER,
        "mdl": "Listener",
        "sw": version,
    }
    return _payload(device, topics.hub_device, components, "wallflower", [{"t": topics.status}])


def _payload(
    device: Payload,
    device_id: str,
    components: dict[str, Payload],
    entity_prefix: str,
    availability: list[dict[str, str]],
) -> str:
    """`entity_prefix` begins the entity ids that Home Assistant is asked to give."""
    for key, component in components.items():
        component["uniq_id"] = f"{device_id}_{key}"
        component["def_ent_id"] = f"{component['p']}.{entity_prefix}_{key}"
    payload: Payload = {
        "dev": {**device, "ids": [device_id]},
        "o": {"name": MAKER, "sw": device["sw"]},
        "avty": availability,
        "avty_mode": "all",
        "qos": 1,
        "cmps": components,
    }
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
