"""What is gone, also when nobody could be told at once: no orphans in Home Assistant."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.publish.rig import NODE, Rig, rigged, serving
from tests.support.mosquitto import Listener, listening, retained
from wallflower.domain.keywords import Keyword
from wallflower.publish import MqttConfig
from wallflower.publish.announcer import GAP_S
from wallflower.publish.devices import LEDGER
from wallflower.publish.earlier import PEOPLE, STREAMS
from wallflower.publish.states import BIRTH_JITTER_S

pytestmark = pytest.mark.peer

HALL = f"homeassistant/device/wallflower_{NODE}_hall/config"
YARD = f"homeassistant/device/wallflower_{NODE}_yard/config"
HELP = (Keyword("help"),)


async def told(listener: Listener, rig: Rig, topic: str, count: int) -> list[str]:
    """The first `count` payloads of a device, with as much time between them as it takes."""
    await rig.until(listener, lambda me: len(me.on(topic)) >= count)
    return listener.on(topic)[:count]


def triggers(payload: str) -> dict[str, object]:
    components = json.loads(payload)["cmps"] if payload else {}
    return {key: one for key, one in components.items() if key.startswith("kw_")}


async def test_a_keyword_that_is_taken_out_of_the_settings(
    config: MqttConfig, tmp_path: Path
) -> None:
    with_it = rigged(tmp_path, config, keywords=HELP)
    async with with_it as rig, listening(config.port) as listener, serving(rig):
        (payload,) = await told(listener, rig, HALL, 1)
        assert set(triggers(payload)) == {"kw_help"}
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        _kept, removing, clean = await told(listener, rig, HALL, 3)
        assert triggers(removing) == {"kw_help": {"p": "device_automation"}}
        assert triggers(clean) == {}


async def test_home_assistant_was_away_when_a_stream_went(
    config: MqttConfig, tmp_path: Path
) -> None:
    both = rigged(tmp_path, config, streams=("Hall", "Yard"))
    async with both as rig, listening(config.port) as listener, serving(rig):
        await listener.payloads(YARD, 1)
        await rig.house.remove("yard")
        shown, removed = await told(listener, rig, YARD, 2)
        assert removed == ""
        await listener.client.publish("homeassistant/status", "online", qos=1)
        await listener.settled()
        await rig.clock.advance(BIRTH_JITTER_S[1])
        again = (await told(listener, rig, YARD, 4))[2:]
        assert [json.loads(again[0])["cmps"], again[1]] == [json.loads(shown)["cmps"], ""]
        # Home Assistant has heard it now.
        await listener.client.publish("homeassistant/status", "online", qos=1)
        await listener.settled()
        await rig.clock.advance(BIRTH_JITTER_S[1] + GAP_S)
        await told(listener, rig, HALL, 3)
        while "yard" in str(await rig.store.values.get(LEDGER)):
            await rig.clock.advance(GAP_S)
        await listener.settled()
        assert len(listener.on(YARD)) == 4
    assert not [topic for topic in await retained(config.port) if "yard" in topic]


async def test_other_topics_leave_nothing_under_the_old_ones(
    config: MqttConfig, tmp_path: Path
) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        await told(listener, rig, HALL, 1)
    other = replace(config, topic="ears", discovery_prefix="ha")
    async with rigged(tmp_path, other) as rig, listening(config.port) as listener, serving(rig):
        await told(listener, rig, f"ha/device/wallflower_{NODE}_hall/config", 1)
        while [t for t in await retained(config.port) if t.startswith(("wallfl", "homea"))]:
            await rig.clock.advance(GAP_S)
        assert "ears/hall/status" in await retained(config.port)


async def test_the_old_topics_of_somebody_else_are_left_alone(
    config: MqttConfig, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        await told(listener, rig, HALL, 1)
    theirs = rigged(tmp_path / "other", config, node="c3d4")
    async with theirs as rig, listening(config.port) as listener, serving(rig):
        await listener.until(lambda me: "online" in me.on("wallflower/status"))
        ours = rigged(tmp_path, replace(config, topic="ears"))
        async with ours as moved, serving(moved):
            await listener.until(lambda me: "online" in me.on("ears/status"))
            await moved.clock.advance(GAP_S)
            await told(listener, moved, HALL, 1)
            await listener.settled()
            kept = await retained(config.port)
    assert kept["wallflower/hall/status"] == kept["wallflower/status"] == "online"


async def test_a_snapshot_that_is_not_to_be_kept_any_more(
    config: MqttConfig, tmp_path: Path
) -> None:
    keeping = replace(config, retain_snapshots=True)
    async with rigged(tmp_path, keeping) as rig, listening(config.port) as listener, serving(rig):
        await listener.payloads("wallflower/hall/status", 1)
        await listener.client.publish("wallflower/hall/command", "snapshot", qos=1)
        await listener.payloads("wallflower/hall/snapshot", 1)
        await listener.until(
            lambda me: '"command":"snapshot","ok":true' in me.on("wallflower/hall/health")[-1]
        )
        assert "wallflower/hall/snapshot" in await retained(config.port)
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        await rig.until(listener, lambda me: "" in me.on("wallflower/hall/snapshot"))


async def test_what_version_0_1_announced(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener:
        await rig.store.values.set(STREAMS, '["hall", "yard"]')
        await rig.store.values.set(PEOPLE, '["7 anna"]')
        client = listener.client
        for topic in ("wallflower/yard/status", "wallflower/people/anna", YARD):
            await client.publish(topic, "{}", qos=1, retain=True)
        async with serving(rig):
            while [t for t in await retained(config.port) if "yard" in t or "people" in t]:
                await rig.clock.advance(GAP_S)
    assert "wallflower/hall/status" in await retained(config.port)


async def test_a_ledger_that_cannot_be_read_begins_anew(
    config: MqttConfig, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener:
        await rig.store.values.set(LEDGER, '{"a": 1}')
        async with serving(rig):
            await told(listener, rig, HALL, 1)
    assert "begins anew" in caplog.text
