"""The device that stands for a stream."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from wallflower.domain.keywords import Keyword
from wallflower.domain.streams import StreamSpec, StreamState
from wallflower.publish.discovery.device import (
    Device,
    Payload,
    about,
    depends_on,
    device,
    identified,
)
from wallflower.publish.discovery.keywords import triggers
from wallflower.publish.payloads import (
    KEYWORD_EVENTS,
    RESTART,
    SILENCE_EVENTS,
    SNAPSHOT,
    SPEAKER_EVENTS,
)
from wallflower.publish.topics import StreamTopics, Topics

FIRST_255: Final = "{{ value_json.text | default('', true) | truncate(255, true, '…', 0) }}"
"""A state of more than 255 characters would become "unknown"; attributes have the full text."""

SURE_NAME: Final = "{{ value_json.name if value_json.name and value_json.sure else 'Unknown' }}"
"""An automation on a name must not act on a guess; attributes have who is likeliest."""


def stream_device(
    spec: StreamSpec,
    topics: Topics,
    version: str,
    *,
    keywords: Iterable[Keyword] = (),
    keeps_snapshot: bool = False,
) -> Device:
    """One stream; `keywords` of other streams are left out.

    `keeps_snapshot`: the broker keeps its last picture.
    """
    t = topics.of(spec.id)
    device_id = topics.stream_device(spec.id)
    entities = (
        _what_is_heard(t)
        | _what_is_seen(t)
        | _how_it_does(t, topics)
        | _what_can_be_done(t, topics)
    )
    here = [keyword.phrase for keyword in keywords if keyword.concerns(spec)]
    description = about(spec.name, "Camera audio", version) | {"via_device": topics.hub_device}
    if spec.area:
        description["sa"] = spec.area
    return device(
        device_id,
        description,
        identified(device_id, spec.id, entities) | triggers(here, t),
        availability=[topics.status, t.status],
        kept=t.retained(snapshot=keeps_snapshot),
    )


def _what_is_heard(t: StreamTopics) -> dict[str, Payload]:
    return {
        "last_transcript": {
            "p": "sensor",
            "name": "Last transcript",
            "stat_t": t.transcript,
            "val_tpl": FIRST_255,
            "json_attr_t": t.transcript,
            "frc_upd": True,
            "ic": "mdi:comment-text",
        },
        "speaker": {
            "p": "sensor",
            "name": "Current speaker",
            "stat_t": t.speaker,
            "val_tpl": SURE_NAME,
            "json_attr_t": t.speaker,
            "ic": "mdi:account-voice",
        },
        "speaker_heard": {
            "p": "event",
            "name": "Speaker heard",
            "evt_typ": list(SPEAKER_EVENTS),
            "stat_t": t.event_speaker,
            "ic": "mdi:account-voice",
        },
        "speech": {
            "p": "binary_sensor",
            "name": "Speech",
            "dev_cla": "sound",
            "stat_t": t.speech,
        },
        "keyword": {
            "p": "event",
            "name": "Keyword",
            "evt_typ": list(KEYWORD_EVENTS),
            "stat_t": t.event_keyword,
            "ic": "mdi:comment-alert",
        },
        "silence_event": {
            "p": "event",
            "name": "Silence",
            "evt_typ": list(SILENCE_EVENTS),
            "stat_t": t.event_silence,
            "ic": "mdi:volume-off",
        },
    }


def _what_is_seen(t: StreamTopics) -> dict[str, Payload]:
    return {
        "snapshot": {
            "p": "image",
            "name": "Last speech snapshot",
            "img_t": t.snapshot,
            "cont_type": "image/jpeg",
        },
        "photo": {
            "p": "button",
            "name": "Take snapshot",
            "cmd_t": t.command,
            "pl_prs": SNAPSHOT,
            "ic": "mdi:camera",
        },
    }


def _how_it_does(t: StreamTopics, topics: Topics) -> dict[str, Payload]:
    # Counters are attributes of the state. None is a disabled entity of its own: Home Assistant
    # 2026.2 clears our topic for each of those when the device goes, and warns of that.
    return {
        "silence": {
            "p": "binary_sensor",
            "name": "No audio",
            "dev_cla": "problem",
            "ent_cat": "diagnostic",
            "stat_t": t.health,
            "val_tpl": "{{ 'ON' if value_json.silent else 'OFF' }}",
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
            **_always(topics),
        },
    }


def _what_can_be_done(t: StreamTopics, topics: Topics) -> dict[str, Payload]:
    return {
        "listening": {
            "p": "switch",
            "name": "Listening",
            "stat_t": t.listening,
            "cmd_t": t.listening_set,
            "ic": "mdi:microphone",
            **_always(topics),
        },
        "restart": {
            "p": "button",
            "name": "Restart stream",
            "dev_cla": "restart",
            "ent_cat": "config",
            "cmd_t": t.command,
            "pl_prs": RESTART,
            **_always(topics),
        },
    }


def _always(topics: Topics) -> Payload:
    """A stream that cannot be heard makes its sensors unavailable. What tells why, and what
    mends it, stays: those entities depend on Wallflower alone."""
    return {"avty": depends_on(topics.status)}
