"""The device that stands for Wallflower as a whole."""

from __future__ import annotations

from wallflower.publish.discovery.device import (
    MAKER,
    RARELY,
    Device,
    Payload,
    about,
    device,
    identified,
)
from wallflower.publish.payloads import RESTART
from wallflower.publish.topics import Topics


def hub_device(topics: Topics, version: str) -> Device:
    """This Wallflower as a whole."""
    components = identified(
        topics.hub_device, "wallflower", _diagnostics(topics) | _what_can_be_done(topics)
    )
    return device(
        topics.hub_device,
        about(MAKER, "Listener", version),
        components,
        availability=[topics.status],
        kept=(topics.status, topics.health, topics.listening),
    )


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
            **RARELY,
            **of_health,
        },
        "backlog": {
            "p": "sensor",
            "name": "Speech waiting for its text",
            "dev_cla": "duration",
            "unit_of_meas": "s",
            "stat_cla": "measurement",
            "val_tpl": "{{ value_json.backlog_s }}",
            **RARELY,
            **of_health,
        },
        "lines_skipped": {
            "p": "sensor",
            "name": "Lines not published",
            "stat_cla": "total_increasing",
            "val_tpl": "{{ value_json.lines_skipped }}",
            "ic": "mdi:playlist-remove",
            **RARELY,
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
