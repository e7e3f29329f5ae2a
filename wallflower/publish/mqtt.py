"""Tells the world over MQTT: lines, the present, Home Assistant's devices; and takes orders."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import aiomqtt

from wallflower.domain.control import HouseControl
from wallflower.domain.errors import BaseTopicTaken, first_of
from wallflower.domain.keywords import Keyword
from wallflower.publish import payloads
from wallflower.publish.answers import Answers
from wallflower.publish.claim import Claim, Holder, look
from wallflower.publish.connection import MqttConfig, connected, send, subscribe
from wallflower.publish.devices import Devices
from wallflower.publish.forget import forget_former
from wallflower.publish.lines import Lines
from wallflower.publish.moments import Moments
from wallflower.publish.orders import Orders
from wallflower.publish.outbox import MAX_BACKLOG, Journal, Outbox, Values
from wallflower.publish.past import Past
from wallflower.publish.payloads import OFFLINE, EngineInfo, Message, Send
from wallflower.publish.people import People
from wallflower.publish.recall import Recall
from wallflower.publish.snapshots import Snapshots
from wallflower.publish.states import States
from wallflower.publish.topics import Topics
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock, wait_until
from wallflower.runtime.health import Health, HealthState, PartHealth
from wallflower.store.lines import LineTable
from wallflower.store.voices import VoiceTable

PART: Final = "mqtt"
"""Our name in the health of the appliance; supervise `run_once` under it."""
AGAIN_S: Final = (1.0, *[2.0] * 30, 8.0)
"""Delays between attempts to connect, the short ones for about a minute: Home Assistant comes back
to a broker within 10 s, and is to find us there."""
LAST_WORDS_S: Final = 1.0
"""On stopping: how long the last events, and the line in hand, may take to be confirmed."""
FAREWELL_S: Final = 2.0
LOOK_AGAIN_S: Final = 60.0
"""How often to look whether another Wallflower still has our base topic."""

_log = logging.getLogger(__name__)


class MqttPublisher:
    """The appliance at the broker. Give `run_once` to `runtime.supervisor.supervise`.

    Every line that is committed after the first start is published, in order and with QoS 1,
    however often the broker or Wallflower is away meanwhile; `max_backlog` bounds how many may
    wait. A line comes twice only if the connection breaks between sending it and its
    confirmation.

    `node_id` (`[a-z0-9]+`) must stay the same for ever: Home Assistant knows the devices by it.
    `restart` is called when somebody asks for a restart of Wallflower itself.

    `broker` is asked at each connect where the broker is and how to get in; its topics are not
    looked at. It may raise `BrokerUnreachable`. Without it the broker is where `config` says.
    """

    def __init__(
        self,
        config: MqttConfig,
        *,
        node_id: str,
        version: str,
        house: HouseControl,
        journal: Journal,
        values: Values,
        lines: LineTable,
        voices: VoiceTable,
        bus: Bus,
        health: Health,
        clock: Clock,
        closing: asyncio.Event,
        engine_state: Callable[[], EngineInfo],
        restart: Callable[[], None],
        broker: Callable[[], Awaitable[MqttConfig]] | None = None,
        keywords: Sequence[Keyword] = (),
        max_backlog: int = MAX_BACKLOG,
    ) -> None:
        self._config = config
        self._broker = broker
        self._node_id = node_id
        self._version = version
        self._house = house
        self._health = health
        self._closing = closing
        self._clock = clock
        self._engine_state = engine_state
        self._started_at = clock.wall()
        self._topics = Topics(config.topic, config.discovery_prefix, node_id)
        self._claim = Claim(self._topics, self._house_health)
        self._devices = Devices(self._topics, values, clock)
        self._answers = Answers(clock)
        self._recall = Recall(lines, self._topics, clock)
        self._snapshots = Snapshots(
            house, self._topics, bus, clock, self._answers, retain=config.retain_snapshots
        )
        self._moments = Moments(self._topics, bus, clock)
        past = Past(lines, voices)
        self._outbox = Outbox(journal, values, max_backlog)
        self._people = People(
            house=house,
            topics=self._topics,
            version=version,
            bus=bus,
            devices=self._devices,
            past=past,
        )
        self._states = States(
            house=house,
            topics=self._topics,
            version=version,
            bus=bus,
            clock=clock,
            devices=self._devices,
            past=past,
            people=self._people,
            answers=self._answers,
            keywords=keywords,
            keeps_snapshots=config.retain_snapshots,
            house_health=self._house_health,
        )
        self._lines = Lines(self._outbox, self._topics, bus, self._states.health_due.set)
        self._orders = Orders(
            house=house,
            topics=self._topics,
            answers=self._answers,
            restart=restart,
            snapshot=self._snapshots.order,
            recall=self._recall.ask,
            on_core=self._states.core,
        )

    async def run_once(self) -> None:
        """Connect and serve until `closing` is set.

        Raises `BrokerUnreachable` or `BrokerRefused` when there is no connection (any more), and
        `StoreError` when lines cannot be read. Where another Wallflower has our base topic, that
        is in health, and this returns after `LOOK_AGAIN_S`.
        """
        if self._closing.is_set():
            return
        # Before connecting: what is said while the broker is not there yet is published later.
        await self._outbox.open()
        await self._devices.open()
        try:
            await self._connect(self._config if self._broker is None else await self._broker())
        except BaseTopicTaken as error:
            self._give_way(error)
            await wait_until(self._closing, LOOK_AGAIN_S, self._clock)

    async def _connect(self, config: MqttConfig) -> None:
        holder = await look(config, self._topics)
        self._claim.begin(holder)
        await self._disown(config)
        will = Message(self._topics.status, OFFLINE, retain=True)
        client_id = config.client_id or f"wallflower-{self._node_id}"
        async with connected(config, client_id=client_id, will=will) as client:
            say = partial(send, client)
            try:
                await self._serve(client, say, config, holder)
            finally:
                await self._outbox.save()
                if self._claim.is_held:
                    # A broker that does not listen any more has our last will.
                    with contextlib.suppress(aiomqtt.MqttError, TimeoutError):
                        async with asyncio.timeout(FAREWELL_S):
                            await self._states.farewell(say)

    async def _disown(self, config: MqttConfig) -> None:
        """Leave alone what was under an earlier base topic that is another's by now."""
        for base in self._devices.ledger.bases() - {self._topics.base}:
            holder = await look(config, replace(self._topics, base=base))
            if holder.node not in (None, self._node_id):
                self._devices.ledger.disown(base)

    async def _take_place(
        self, client: aiomqtt.Client, say: Send, config: MqttConfig, former: Holder
    ) -> None:
        """Claim the base topic, and clear away what its `former` holder left."""
        await subscribe(client, self._topics.own)
        if former.status:
            # Whoever finds our claim beside a farewell would take us for gone.
            await say(Message(self._topics.status, "", retain=True))
        await say(Message(self._topics.health, self._house_health(), retain=True))
        await self._claim.win()
        if former.node not in (None, self._node_id):
            await forget_former(config, self._topics, str(former.node))

    def _give_way(self, error: BaseTopicTaken) -> None:
        if self._health.parts().get(PART) != PartHealth(
            PART, HealthState.FAILED, str(error), error.code
        ):
            _log.error("mqtt: %s", error)
        self._health.report(PART, HealthState.FAILED, str(error), error.code)

    async def _serve(
        self, client: aiomqtt.Client, say: Send, config: MqttConfig, former: Holder
    ) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                # From the start: this is what notices a lost connection.
                tasks = [group.create_task(self._take_orders(client), name="mqtt commands")]
                await self._take_place(client, say, config, former)
                await subscribe(client, self._topics.subscriptions)
                await self._states.introduce(say)
                _log.info("Connected to the MQTT broker at %s.", config.address)
                self._health.report(PART, HealthState.OK)
                tasks += [group.create_task(job, name=name) for name, job in self._jobs(say)]
                await self._closing.wait()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LAST_WORDS_S):
                        await self._lines.in_hand.acquire()
                        await self._moments.all_told()
                for task in tasks:
                    task.cancel()
        except ExceptionGroup as errors:
            # A lost connection fails all jobs at once; anything else matters more.
            lost, worse = errors.split(aiomqtt.MqttError)
            raise first_of(worse or lost or errors) from None

    def _jobs(self, say: Send) -> Iterator[tuple[str, Coroutine[None, None, None]]]:
        yield "mqtt lines", self._lines.run(say)
        yield "mqtt events", self._moments.run(say)
        yield "mqtt states", self._states.follow(say)
        yield "mqtt devices", self._devices.run(say)
        yield "mqtt clearing", self._devices.clear(say)
        yield "mqtt people", self._people.follow(say)
        yield "mqtt answers", self._states.answer(say)
        yield "mqtt snapshots", self._snapshots.run(say)
        yield "mqtt recall", self._recall.run(say)
        yield "mqtt health", self._states.watch_health(say)
        yield "mqtt claim", self._states.insist(self._claim.contested, say)
        yield "mqtt births", self._states.answer_births(say)
        if self._config.snapshots:
            yield "mqtt speech pictures", self._snapshots.follow()
        if self._config.partials:
            yield "mqtt partials", self._lines.run_partials(say)

    async def _take_orders(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            topic, payload = message.topic.value, message.payload
            if topic in self._topics.own:
                self._claim.hear(topic, payload, retained=message.retain)
            else:
                await self._orders.take(topic, payload, retained=message.retain)

    def _house_health(self) -> str:
        streams = self._house.streams()
        return payloads.house_health(
            version=self._version,
            node_id=self._node_id,
            started_at=self._started_at,
            engine=self._engine_state(),
            streams_total=len(streams),
            streams_online=sum(self._house.health(spec.id).online for spec in streams),
            lines_skipped=self._outbox.skipped,
            answer=self._answers.to(None),
        )
