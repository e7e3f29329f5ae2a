"""Two Wallflowers, one base topic: only one of them speaks."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import aiomqtt
import pytest

from tests.publish.rig import NODE, Rig, rigged, serving
from tests.support.clock import settle
from tests.support.mosquitto import listening, retained
from wallflower.domain.errors import BaseTopicTaken
from wallflower.publish import PART, MqttConfig, mqtt
from wallflower.publish.claim import Claim, Holder
from wallflower.publish.mqtt import LOOK_AGAIN_S
from wallflower.publish.topics import Topics
from wallflower.runtime.health import HealthState

OTHER = "c3d4"
STATUS, HEALTH = "wallflower/status", "wallflower/health"


def says(node: str, started_at: str = "2026-01-01T00:00:00.000Z") -> str:
    return json.dumps({"node": node, "started_at": started_at})


@pytest.fixture
async def claim() -> Claim:
    topics = Topics("wallflower", "homeassistant", NODE)
    return Claim(topics, lambda: says(NODE))


def hear(claim: Claim, health: str, *, retained: bool = False) -> None:
    claim.hear(HEALTH, health.encode(), retained=retained)


@pytest.mark.parametrize(
    "holder",
    [
        Holder(),
        Holder("offline", says(OTHER)),
        Holder("online", ""),
        Holder("online", "[]"),
        Holder("online", "no JSON"),
        # Ourselves before a crash that the broker has not noticed.
        Holder("online", says(NODE, "2025-12-31T00:00:00.000Z")),
    ],
)
async def test_a_topic_that_is_free(claim: Claim, holder: Holder) -> None:
    claim.begin(holder)
    hear(claim, holder.health, retained=True)
    held_before = claim.is_held
    hear(claim, says(NODE))
    await claim.win()
    assert (held_before, claim.is_held) == (False, True)
    assert not claim.contested.is_set()


@pytest.mark.parametrize("status", ["online", ""])
async def test_a_topic_that_is_taken(claim: Claim, status: str) -> None:
    with pytest.raises(BaseTopicTaken) as caught:
        claim.begin(Holder(status, says(OTHER)))
    assert str(caught.value) == (
        "Another Wallflower (node c3d4) speaks on the MQTT topic wallflower already;"
        " give this one (node a1b2) a topic of its own in mqtt.topic."
    )


@pytest.mark.parametrize("kept", [True, False])
async def test_another_was_faster(claim: Claim, kept: bool) -> None:
    claim.begin(Holder())
    hear(claim, says(OTHER), retained=kept)
    hear(claim, says(NODE))
    with pytest.raises(BaseTopicTaken):
        await claim.win()
    assert not claim.is_held


async def test_another_was_slower(claim: Claim, caplog: pytest.LogCaptureFixture) -> None:
    claim.begin(Holder())
    hear(claim, says(NODE))
    hear(claim, says(OTHER))
    await claim.win()
    assert claim.contested.is_set()
    assert "This one goes on." in caplog.text


async def test_who_holds_it_hears_of_words_that_are_not_its_own(claim: Claim) -> None:
    claim.begin(Holder())
    hear(claim, says(NODE))
    claim.hear(STATUS, b"online", retained=False)
    claim.hear(STATUS, b"offline", retained=True)
    assert not claim.contested.is_set()
    claim.hear(STATUS, b"offline", retained=False)
    assert claim.contested.is_set()


async def test_a_twin_made_of_the_same_backup(claim: Claim) -> None:
    later = Holder("online", says(NODE, "2026-02-02T00:00:00.000Z"))
    claim.begin(Holder())
    hear(claim, says(NODE))
    await claim.win()
    claim.begin(Holder("online", says(NODE)))  # the connection was lost for a moment
    with pytest.raises(BaseTopicTaken, match="same backup"):
        claim.begin(later)


# At the real broker.


async def refused(rig: Rig) -> str:
    """Wait until it has given way; what it says of that."""
    async with asyncio.timeout(30.0):
        while (part := rig.health.parts().get(PART)) is None or not part.detail:
            await settle()
    assert (part.state, part.code) == (HealthState.FAILED, "base_topic_taken")
    return part.detail


def other_rig(folder: Path) -> Path:
    (folder / "other").mkdir(exist_ok=True)
    return folder / "other"


@pytest.mark.peer
async def test_the_second_is_refused_and_says_nothing(
    config: MqttConfig, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    one = rigged(tmp_path, config)
    two = rigged(other_rig(tmp_path), config, node=OTHER, streams=("Attic",))
    async with one as first, two as second, listening(config.port) as listener:
        async with serving(first):
            await listener.payloads(STATUS, 1)
            await listener.settled()
            async with serving(second) as task:
                assert f"node {NODE}" in await refused(second)
                for _ in range(2):
                    await second.clock.advance(LOOK_AGAIN_S)
                second.closing.set()
                await task
            await listener.settled()
            assert listener.on(STATUS) == ["online"]
            assert not [m for m in listener.received if OTHER in m.topic or "attic" in m.topic]
        assert sum("mqtt.topic" in record.getMessage() for record in caplog.records) == 1
        # The first has gone: the second may have it, and what the first left goes.
        second.closing.clear()
        async with serving(second):
            await listener.until(lambda me: me.on(STATUS) == ["online", "offline", "", "online"])
            kept = await retained(config.port)
    assert json.loads(kept[HEALTH])["node"] == OTHER
    assert kept[STATUS] == "online"
    assert not [topic for topic in kept if NODE in topic or "hall" in topic]


@pytest.mark.peer
@pytest.mark.parametrize("_", range(3))
async def test_two_that_start_at_once(config: MqttConfig, tmp_path: Path, _: int) -> None:
    one = rigged(tmp_path, config)
    two = rigged(other_rig(tmp_path), config, node=OTHER)
    async with (
        one as first,
        two as second,
        listening(config.port) as listener,
        serving(first),
        serving(second),
    ):
        await listener.until(lambda me: "online" in me.on(STATUS))
        async with asyncio.timeout(30.0):
            while None in (parts := [rig.health.parts().get(PART) for rig in (first, second)]):
                await settle()
        states = {
            node: part and part.state for node, part in zip((NODE, OTHER), parts, strict=True)
        }
        assert sorted(map(str, states.values())) == ["failed", "ok"]
        winner = NODE if states[NODE] is HealthState.OK else OTHER
        # The loser's claim is written over.
        while json.loads((await retained(config.port))[HEALTH])["node"] != winner:
            for rig in (first, second):
                await rig.clock.advance(1.0)
        await listener.settled()
        assert set(listener.on(STATUS)) == {"online"}


@pytest.mark.peer
async def test_one_that_comes_while_another_tidies_up(
    config: MqttConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tidying, tidied = asyncio.Event(), asyncio.Event()

    async def tidy_slowly(*_: object) -> None:
        tidying.set()
        await tidied.wait()

    monkeypatch.setattr(mqtt, "forget_former", tidy_slowly)
    one = rigged(tmp_path, config)
    two = rigged(other_rig(tmp_path), config, node=OTHER)
    async with one as first, two as second, listening(config.port) as listener:
        await listener.client.publish(STATUS, "offline", qos=1, retain=True)
        await listener.client.publish(HEALTH, says("gone"), qos=1, retain=True)
        async with serving(first):
            await tidying.wait()
            async with serving(second):
                assert f"node {NODE}" in await refused(second)
            tidied.set()
            await listener.until(lambda me: "online" in me.on("wallflower/hall/status"))
        await listener.settled()
    assert OTHER not in {json.loads(health)["node"] for health in listener.on(HEALTH)}


@pytest.mark.peer
async def test_who_holds_the_topic_says_it_again(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        await listener.payloads(STATUS, 1)
        async with aiomqtt.Client(config.host, config.port) as stranger:
            await stranger.publish(STATUS, "offline", qos=1, retain=True)
            await listener.until(lambda me: me.on(STATUS) == ["online", "offline", "online"])
            await rig.clock.advance(1.0)
            await stranger.publish(HEALTH, says(OTHER), qos=1, retain=True)
            while [json.loads(one)["node"] for one in listener.on(HEALTH)][-2:] != [OTHER, NODE]:
                await rig.clock.advance(1.0)
                await listener.settled()
    assert json.loads((await retained(config.port))[HEALTH])["node"] == NODE
