"""The publisher against the real Mosquitto."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from tests.publish.ha_rules import objections
from tests.publish.rig import NODE, NOON, VERSION, Rig, rigged, serving
from tests.support.clock import settle
from tests.support.mosquitto import (
    HOST,
    Listener,
    Mosquitto,
    free_port,
    listening,
    mosquitto,
    retained,
)
from wallflower.domain.errors import BrokerError, BrokerRefused, BrokerUnreachable
from wallflower.domain.events import (
    KeywordHeard,
    PartialHeard,
    SilenceChanged,
    SpeakerHeard,
    SpeakerRenamed,
    SpeechChanged,
)
from wallflower.domain.speech import SpeakerRef
from wallflower.domain.streams import StreamHealth, StreamState
from wallflower.publish import PART, MqttConfig
from wallflower.publish.announcer import GAP_S
from wallflower.publish.mqtt import FAREWELL_S, LAST_WORDS_S
from wallflower.publish.states import BIRTH_JITTER_S, HEALTH_EVERY_S
from wallflower.runtime.health import HealthState
from wallflower.runtime.supervisor import supervise

pytestmark = pytest.mark.peer

TRANSCRIPT = "wallflower/hall/transcript"
HUB_CONFIG = f"homeassistant/device/wallflower_{NODE}/config"
HALL_CONFIG = f"homeassistant/device/wallflower_{NODE}_hall/config"


async def introduced(listener: Listener, devices: int = 2) -> None:
    """Wait until Wallflower has said all that it says on a first connection."""
    await listener.until(
        lambda me: (
            devices <= len([m for m in me.received if m.topic.endswith("/config") and not m.retain])
        )
    )


def texts(payloads: list[str]) -> list[str]:
    return [json.loads(payload)["text"] for payload in payloads]


async def lost(task: asyncio.Task[None]) -> None:
    """Wait until `run_once` notices that the connection is gone."""
    with pytest.raises(BrokerUnreachable):
        await task


# What stands at the broker.


async def test_all_topics_and_what_is_kept(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener:
        async with serving(rig):
            await introduced(listener)
            rig.bus.publish(SpeechChanged("hall", on=True, at=NOON))
            anna = SpeakerRef(3, "Anna", known=True, confidence=0.9)
            rig.bus.publish(SpeakerHeard("hall", anna, NOON))
            line = await rig.say("Somebody is at the door.")
            assert line.id is not None
            await listener.payloads(TRANSCRIPT, 1)
            rig.bus.publish(await rig.store.lines.change(line.id, text="Anna is at the door."))
            await listener.payloads("wallflower/hall/correction", 1)
            await listener.payloads("wallflower/hall/speaker", 1)
        kept = await retained(config.port)
    assert texts(listener.on(TRANSCRIPT)) == ["Somebody is at the door."]
    assert texts(listener.on("wallflower/hall/correction")) == ["Anna is at the door."]
    assert set(kept) == {
        "wallflower/status",
        "wallflower/health",
        "wallflower/listening",
        "wallflower/hall/status",
        "wallflower/hall/health",
        "wallflower/hall/listening",
        "wallflower/hall/speech",
        "wallflower/hall/speaker",
        HUB_CONFIG,
        HALL_CONFIG,
    }
    assert kept["wallflower/hall/speech"] == "ON"
    assert json.loads(kept["wallflower/hall/speaker"])["name"] == "Anna"
    assert objections(kept[HUB_CONFIG]) == objections(kept[HALL_CONFIG]) == []
    assert json.loads(kept["wallflower/health"]) == {
        "version": VERSION,
        "node": NODE,
        "started_at": "2026-01-01T00:00:00.000Z",
        "engine": "embedded",
        "engine_ready": True,
        "backlog_s": 0.0,
        "streams_total": 1,
        "streams_online": 1,
        "lines_skipped": 0,
        "servers": [],
        "taken_over": 0,
        "last_command": None,
    }


async def test_online_comes_after_the_subscriptions_and_the_states(
    broker: Mosquitto, config: MqttConfig, tmp_path: Path
) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        await listener.payloads("wallflower/status", 1)
        # A command right after "online" is heard.
        await listener.client.publish("wallflower/listening/set", "OFF", qos=1)
        await listener.until(lambda me: "OFF" in me.on("wallflower/listening"))
        order = [message.topic for message in listener.received]
        assert order.index("wallflower/hall/speech") < order.index("wallflower/status")
        assert order.index("wallflower/hall/health") < order.index("wallflower/status")
    assert not rig.house.listening


async def test_partials_only_when_asked_for(
    broker: Mosquitto, config: MqttConfig, tmp_path: Path
) -> None:
    asked = MqttConfig(config.host, config.port, partials=True)
    for which, count in ((config, 0), (asked, 1)):
        async with (
            rigged(tmp_path, which) as rig,
            listening(config.port) as listener,
            serving(rig),
        ):
            await introduced(listener)
            await settle()
            rig.bus.publish(PartialHeard("hall", "Somebody is", NOON))
            await rig.say("Somebody is at the door.")
            await listener.payloads(TRANSCRIPT, 1)
            await listener.settled()
            assert len(listener.on("wallflower/hall/partial")) == count


async def test_another_base_topic_and_prefix(config: MqttConfig, tmp_path: Path) -> None:
    other = MqttConfig(config.host, config.port, topic="home/ears", discovery_prefix="ha")
    async with rigged(tmp_path, other) as rig, listening(config.port) as listener, serving(rig):
        await listener.until(lambda me: len(me.on("ha/device/+/config")) == 2)
        topics = {message.topic for message in listener.received}
    assert {topic.split("/")[0] for topic in topics} == {"home", "ha"}


async def test_a_long_line_with_everything_in_it(config: MqttConfig, tmp_path: Path) -> None:
    text = ("Grüß «Anna» 🌼, she said: \"it's {{ now() }} \\ 5 o'clock\"\n" * 60)[:3000]
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        await introduced(listener)
        await rig.say(text)
        assert texts(await listener.payloads(TRANSCRIPT, 1)) == [text]


async def test_half_a_character_does_not_stop_the_rest(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        await introduced(listener)
        broken = SpeakerRef(3, "Anna \ud83c", known=True, confidence=0.9)
        rig.bus.publish(SpeakerHeard("hall", broken, NOON))
        (payload,) = await listener.payloads("wallflower/hall/speaker", 1)
    assert json.loads(payload)["name"] == "Anna ?"


async def test_health_of_the_house_follows(config: MqttConfig, tmp_path: Path) -> None:
    def last(me: Listener) -> dict[str, Any]:
        return dict(json.loads(me.on("wallflower/health")[-1]))

    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        await introduced(listener)
        rig.house.report(StreamHealth("hall", StreamState.FAILED))
        await listener.until(lambda me: last(me)["streams_online"] == 0)
        # Nothing tells of a backlog: it is looked at from time to time.
        rig.engine.backlog_s = 4.2
        await rig.clock.advance(HEALTH_EVERY_S)
        await listener.until(lambda me: last(me)["backlog_s"] == 4.2)
        before = len(listener.on("wallflower/health"))
        await rig.clock.advance(HEALTH_EVERY_S * 5)
        await listener.settled()
        assert len(listener.on("wallflower/health")) == before


# Coming and going.


async def test_a_graceful_stop(broker: Mosquitto, config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener:
        async with serving(rig) as task:
            await introduced(listener)
            rig.closing.set()
            await task
        await broker.logged(f"Received DISCONNECT from wallflower-{NODE}")
        await listener.settled()
        assert listener.on("wallflower/hall/status") == ["online", "offline"]
        assert listener.on("wallflower/status") == ["online", "offline"]
        await rig.publisher.run_once()  # nothing to do any more
        await listener.settled()
        assert listener.on("wallflower/status") == ["online", "offline"]


async def test_a_cancelled_publisher_says_goodbye_too(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener:
        async with serving(rig):
            await introduced(listener)
        assert (await listener.payloads("wallflower/status", 2))[-1] == "offline"


async def test_the_last_events_are_told_before_it_leaves(
    config: MqttConfig, tmp_path: Path
) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener:
        async with serving(rig) as task:
            await introduced(listener)
            rig.bus.publish(KeywordHeard("hall", "help", True, "Help!", None, 0.9, 7, NOON))
            rig.bus.publish(SilenceChanged("hall", False, 10.0, NOON))
            rig.closing.set()
            await task
        await listener.settled()
        for kind in ("keyword", "silence"):
            assert len(listener.on(f"wallflower/hall/event/{kind}")) == 1


async def test_nothing_is_late_at_stopping_when_the_broker_hangs(
    broker: Mosquitto, config: MqttConfig, tmp_path: Path
) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener:
        async with serving(rig) as task:
            await introduced(listener)
            broker.freeze()
            await rig.say("Nobody hears this.")
            rig.closing.set()
            # The edges' share of the time to stop is 5 s; a slow machine may take longer.
            assert LAST_WORDS_S + FAREWELL_S < 5.0
            async with asyncio.timeout(30.0):
                await task
        broker.thaw()


# The broker goes and comes back.


async def test_a_broker_that_hangs_over_a_picture_is_a_lost_connection(
    broker: Mosquitto, config: MqttConfig, tmp_path: Path
) -> None:
    """It takes `ANSWER_S`."""
    async with (
        rigged(tmp_path, config) as rig,
        listening(config.port) as listener,
        serving(rig) as task,
    ):
        await introduced(listener)
        await listener.settled()
        broker.freeze()
        rig.publisher._snapshots.order("hall")
        await lost(task)
        broker.thaw()


async def test_lines_said_while_the_broker_is_away(
    broker: Mosquitto, config: MqttConfig, tmp_path: Path
) -> None:
    async with rigged(tmp_path, config) as rig:
        async with listening(config.port) as listener, serving(rig) as task:
            await introduced(listener)
            await rig.say_all(["one", "two"])
            heard = texts(await listener.payloads(TRANSCRIPT, 2))
            await broker.kill()
            await rig.say("three")
            await lost(task)
        await rig.say_all(["four", "five"])
        await rig.clock.advance(GAP_S)
        await broker.start()
        async with listening(config.port) as listener, serving(rig):
            await listener.payloads(TRANSCRIPT, 3)
            await rig.say("six")
            heard += texts(await listener.payloads(TRANSCRIPT, 4))
            await listener.settled()
            assert len(listener.on(TRANSCRIPT)) == 4
            # A broker that forgot everything is told everything.
            assert {HUB_CONFIG, HALL_CONFIG} <= set(await retained(config.port, "homeassistant/#"))
    assert heard == ["one", "two", "three", "four", "five", "six"]


async def test_a_broker_killed_again_and_again_while_people_talk(
    broker: Mosquitto, config: MqttConfig, tmp_path: Path
) -> None:
    said = [f"line {number}" for number in range(60)]
    heard: list[str] = []
    async with rigged(tmp_path, config) as rig:
        for round_ in range(3):
            async with listening(config.port) as listener, serving(rig) as task:
                await listener.payloads("wallflower/status", 1)
                # Ten are certain to come before the broker dies, ten fall into its death.
                await rig.say_all(said[round_ * 20 : round_ * 20 + 10])
                expected = 10 if round_ == 0 else 20
                await listener.payloads(TRANSCRIPT, expected)
                await broker.kill()
                await rig.say_all(said[round_ * 20 + 10 : round_ * 20 + 20])
                heard += texts(listener.on(TRANSCRIPT))
                await lost(task)
            await broker.start()
        async with listening(config.port) as listener, serving(rig):
            heard += texts(await listener.payloads(TRANSCRIPT, 10))
    assert heard == said


async def test_lines_said_while_wallflower_was_stopping_come_after_the_restart(
    config: MqttConfig, tmp_path: Path
) -> None:
    async with listening(config.port) as listener:
        async with rigged(tmp_path, config) as rig, serving(rig) as task:
            await introduced(listener)
            await rig.say("one")
            await listener.payloads(TRANSCRIPT, 1)
            rig.closing.set()
            await task
            await rig.say("two")
        async with rigged(tmp_path, config) as rig, serving(rig):
            rig.said = 2
            await rig.say("three")
            await listener.payloads(TRANSCRIPT, 3)
            await listener.settled()
    assert texts(listener.on(TRANSCRIPT)) == ["one", "two", "three"]


async def test_a_broker_that_comes_late(tmp_path: Path) -> None:
    async with mosquitto(tmp_path, start=False) as broker:
        config = MqttConfig(broker.host, broker.port)
        async with rigged(tmp_path, config) as rig:
            with pytest.raises(BrokerUnreachable):
                await rig.publisher.run_once()
            await rig.say("Too early.")
            with pytest.raises(BrokerUnreachable):
                await rig.publisher.run_once()
            await broker.start()
            async with listening(broker.port) as listener, serving(rig):
                assert texts(await listener.payloads(TRANSCRIPT, 1)) == ["Too early."]


async def test_too_many_lines_are_counted(
    config: MqttConfig, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nobody = MqttConfig(HOST, free_port())
    async with rigged(tmp_path, nobody, max_backlog=5) as rig:
        with pytest.raises(BrokerUnreachable):
            await rig.publisher.run_once()
        await rig.say_all([f"line {number}" for number in range(12)])
    async with (
        rigged(tmp_path, config, max_backlog=5) as rig,
        listening(config.port) as listener,
        serving(rig),
    ):
        await listener.payloads(TRANSCRIPT, 5)
        await listener.until(
            lambda me: json.loads(me.on("wallflower/health")[-1])["lines_skipped"] == 7
        )
    assert texts(listener.on(TRANSCRIPT)) == [f"line {number}" for number in range(7, 12)]
    assert "7 oldest" in caplog.text


async def test_the_supervisor_brings_it_back(
    broker: Mosquitto, config: MqttConfig, tmp_path: Path
) -> None:
    async with rigged(tmp_path, config) as rig:
        failed = asyncio.Event()
        wake = asyncio.Event()
        supervised = asyncio.create_task(
            supervise(
                PART,
                rig.publisher.run_once,
                clock=rig.clock,
                health=rig.health,
                wake=wake,
                closing=rig.closing,
                on_failure=lambda _error, _delay_s: failed.set(),
            )
        )
        async with listening(config.port) as listener:
            await introduced(listener)
        assert rig.health.parts()[PART].state is HealthState.OK
        await broker.kill()
        await failed.wait()
        part = rig.health.parts()[PART]
        assert (part.state, part.code) == (HealthState.DEGRADED, "broker_unreachable")
        await broker.start()
        async with listening(config.port) as listener:
            wake.set()
            await listener.payloads("wallflower/status", 1)
        rig.closing.set()
        await supervised
        assert rig.health.parts()[PART].state is HealthState.OK


async def test_a_broker_that_refuses(tmp_path: Path) -> None:
    async with mosquitto(tmp_path, users={"anna": "right"}) as broker:
        wrong = MqttConfig(broker.host, broker.port, username="anna", password="wrong")
        async with rigged(tmp_path, wrong) as rig:
            with pytest.raises(BrokerRefused, match=r"as 'anna'; check mqtt.username") as caught:
                await rig.publisher.run_once()
            assert isinstance(caught.value, BrokerError)
            assert "wrong" not in str(caught.value)
            await rig.say("kept")
        right = MqttConfig(broker.host, broker.port, username="anna", password="right")
        async with (
            rigged(tmp_path, right) as rig,
            listening(broker.port, username="anna", password="right") as listener,
            serving(rig),
        ):
            assert texts(await listener.payloads(TRANSCRIPT, 1)) == ["kept"]


async def test_a_broker_that_moves_is_asked_for_at_each_connect(
    broker: Mosquitto, config: MqttConfig, tmp_path: Path
) -> None:
    ours = MqttConfig("nowhere.invalid", topic="ears")
    answers: list[MqttConfig | BrokerUnreachable] = [
        BrokerUnreachable("Home Assistant has no broker yet."),
        config,
    ]

    async def whereabouts() -> MqttConfig:
        answer = answers.pop(0)
        if isinstance(answer, BrokerUnreachable):
            raise answer
        return answer

    async with rigged(tmp_path, ours, broker=whereabouts) as rig:
        with pytest.raises(BrokerUnreachable, match="no broker yet"):
            await rig.publisher.run_once()
        await rig.say("kept")
        async with listening(config.port) as listener, serving(rig):
            # At the broker we were told of, under the topics of the settings.
            assert texts(await listener.payloads("ears/hall/transcript", 1)) == ["kept"]


async def test_what_was_true_meanwhile_is_said_once(
    broker: Mosquitto, config: MqttConfig, tmp_path: Path
) -> None:
    async with rigged(tmp_path, config) as rig:
        async with listening(config.port) as listener, serving(rig) as task:
            await introduced(listener)
            await broker.kill()
            await lost(task)
        for on in (True, False, True):
            rig.bus.publish(SpeechChanged("hall", on=on, at=NOON))
        ref = SpeakerRef(3, "Voice 1", known=False, confidence=0.9)
        rig.bus.publish(SpeakerHeard("hall", ref, NOON))
        rig.bus.publish(SpeakerRenamed(1, 3, "Anna", known=True))
        await broker.start()
        async with listening(config.port) as listener, serving(rig):
            await listener.payloads("wallflower/status", 1)
            assert listener.on("wallflower/hall/speech") == ["ON"]
            assert [json.loads(p)["name"] for p in listener.on("wallflower/hall/speaker")] == [
                "Anna"
            ]


# Orders.


async def test_orders(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        await introduced(listener)
        client = listener.client
        await client.publish("wallflower/hall/listening/set", "OFF", qos=1)
        await listener.until(lambda me: "OFF" in me.on("wallflower/hall/listening"))
        await client.publish("wallflower/hall/listening/set", b"\xff", qos=1)
        await client.publish("wallflower/cellar/command", "restart", qos=1)
        await client.publish("wallflower/hall/command", "restart", qos=1)
        await client.publish("wallflower/command", "restart", qos=1)
        await client.publish("wallflower/listening/set", "OFF", qos=1)
        await listener.until(lambda me: "OFF" in me.on("wallflower/listening"))
        assert rig.house.restarted == ["hall"]
        assert rig.restarts == ["house"]
        assert not rig.house.stream("hall").listening


async def test_a_retained_restart_restarts_nothing(config: MqttConfig, tmp_path: Path) -> None:
    async with aiomqtt.Client(config.host, config.port) as client:
        await client.publish("wallflower/command", "restart", qos=1, retain=True)
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        await introduced(listener)
        await listener.client.publish("wallflower/listening/set", "OFF", qos=1)
        await listener.until(lambda me: "OFF" in me.on("wallflower/listening"))
        assert rig.restarts == []


# Home Assistant.


async def test_a_birth_is_answered_with_everything(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        await introduced(listener)
        await rig.clock.advance(GAP_S)
        await listener.settled()
        before = {message.topic for message in listener.received} - {"wallflower/claim"}
        listener.received.clear()
        await listener.client.publish("homeassistant/status", "online", qos=1)
        # Once the answer waits for its moment, two more births are part of the same one.
        await listener.settled()
        await until_born(rig)
        await listener.client.publish("homeassistant/status", "online", qos=1)
        await listener.settled()
        # Of health there may still be news of its own.
        early = {message.topic for message in listener.received} - {"wallflower/health"}
        assert early == {"homeassistant/status"}
        await rig.clock.advance(BIRTH_JITTER_S[1])
        await introduced(listener)
        await listener.settled()
        answered = [m.topic for m in listener.received if m.topic != "homeassistant/status"]
        assert set(answered) == before
        assert answered.count(HALL_CONFIG) == answered.count(HUB_CONFIG) == 1


async def until_born(rig: Rig) -> None:
    async with asyncio.timeout(30.0):
        await rig.publisher._states.born.wait()
    await settle()


async def test_a_new_stream(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        await introduced(listener)
        await rig.house.add(name="Front door", url="rtsp://user:secret@h/1", area="Porch")
        topic = f"homeassistant/device/wallflower_{NODE}_front_door/config"
        (payload,) = await listener.payloads(topic, 1)
        assert objections(payload) == []
        assert json.loads(payload)["dev"]["sa"] == "Porch"
        assert await listener.payloads("wallflower/front_door/status", 1) == ["online"]
    assert "secret" not in "".join(message.payload for message in listener.received)


async def test_a_renamed_stream_stays_the_same_device(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        await introduced(listener)
        await rig.house.change("hall", name="Corridor")
        await listener.payloads("wallflower/hall/listening", 2)
        await settle()
        await rig.clock.advance(GAP_S)
        old, new = await listener.payloads(HALL_CONFIG, 2)
        kept = await retained(config.port, "homeassistant/#")
    assert json.loads(new)["dev"]["name"] == "Corridor"
    assert json.loads(new)["dev"]["ids"] == json.loads(old)["dev"]["ids"]
    assert set(kept) == {HUB_CONFIG, HALL_CONFIG}


async def test_a_removed_stream_leaves_nothing_behind(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config, streams=("Hall", "Yard")) as rig:
        async with listening(config.port) as listener, serving(rig):
            await introduced(listener, devices=3)
            await rig.clock.advance(GAP_S)
            listener.received.clear()
            await rig.house.remove("hall")
            await rig.until(listener, lambda me: "" in me.on("wallflower/hall/listening"))
            await listener.settled()
            gone = [message.topic for message in listener.received if not message.payload]
            assert gone[0] == HALL_CONFIG  # the device first, so that nothing reads the rest
        kept = await retained(config.port)
    assert not any("hall" in topic for topic in kept)
    assert "wallflower/yard/status" in kept


async def test_a_stream_removed_while_nobody_listens(config: MqttConfig, tmp_path: Path) -> None:
    both = rigged(tmp_path, config, streams=("Hall", "Yard"))
    async with both as rig, listening(config.port) as listener, serving(rig):
        await introduced(listener, devices=3)
    # Another life of Wallflower: the stream is not configured any more.
    one = rigged(tmp_path, config, streams=("Yard",))
    async with one as rig, listening(config.port) as listener, serving(rig):
        await rig.until(listener, lambda me: "" in me.on("wallflower/hall/listening"))
        await listener.settled()
    kept = await retained(config.port)
    assert not any("hall" in topic for topic in kept)


async def test_a_storm_of_connections_announces_once(
    broker: Mosquitto, config: MqttConfig, tmp_path: Path
) -> None:
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener:
        for number in range(5):
            async with serving(rig):
                await listener.until(
                    lambda me, n=number: me.on("wallflower/status").count("online") > n  # type: ignore[misc]
                )
                await introduced(listener)
        await listener.settled()
        assert len(listener.on(HALL_CONFIG)) == len(listener.on(HUB_CONFIG)) == 1
        assert listener.on("wallflower/status").count("online") == 5
