"""The device that stands for Wallflower as a whole."""

from __future__ import annotations

from wallflower.publish.discovery.device import MAKER, Payload, about, identified, payload
from wallflower.publish.payloads import RESTART
from wallflower.publish.topics import Topics


def hub_device(topics: Topics, version: str) -> str:
    """The device payload (JSON) of this Wallflower as a whole."""
    components = identified(
        topics.hub_device, "wallflower", _diagnostics(topics) | _what_can_be_done(topics)
    )
    device = about(MAKER, "Listener", version)
    return payload(topics.hub_device, device, components, [topics.status])


def _diagnostics(topics: Topics) -> dict[str, Payload]:
    of_health: Payload = {"ent_cat": "diagnostic", "stat_t": topics.health}
    return {
        "engine": {
            "p": "binary_sensor",
            "name": "Transcription engine",
            "dev_cla": "connectivity",
            "val_tpl": "{{ 'ON' if value_json.engine_ready else 'OFF' }}",
            "json_attr_t": topics.health,
            **of_health,
        },
        "streams_online": {
            "p": "sensor",
            "name": "Cameras online",
            "val_tpl": "{{ value_json.streams_online }}",
            "stat_cla": "measurement",
            "ic": "mdi:cctv",
            **of_health,
        },
        "started": {
            "p": "sensor",
            "name": "Started",
            "dev_cla": "timestamp",
            "val_tpl": "{{ value_json.started_at }}",
            **of_health,
        },
        "version": {
            "p": "sensor",
            "name": "Version",
            "val_tpl": "{{ value_json.version }}",
            "ic": "mdi:tag",
            **of_health,
        },
    }


def _what_can_be_done(topics: Topics) -> dict[str, Payload]:
    return {
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
