"""One base topic, one Wallflower.

Two that share one would overwrite each other's states, and the last will of one would make the
other unavailable. So before a Wallflower says a word it looks who is there, by a connection that
has no last will; then it takes the last farewell away, claims the topic with its own `health`, and
begins once the broker has sent that back. Messages on one topic reach everybody in one order: of
two that start at once, the one that hears the other's claim before its own gives way, having said
nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from wallflower.domain.errors import BaseTopicTaken
from wallflower.publish.connection import MqttConfig, connected, kept_on
from wallflower.publish.payloads import OFFLINE, ONLINE
from wallflower.publish.topics import Topics

CLAIM_S: Final = 10.0
"""How long the broker may take to send a claim back."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Holder:
    """What the broker keeps of the Wallflower at a base topic."""

    status: str = ""
    health: str = ""

    @property
    def node(self) -> str | None:
        """Its id; None where that cannot be told."""
        return _read(self.health, "node")

    @property
    def life(self) -> tuple[str | None, str | None]:
        """Tells one start of one Wallflower from all others."""
        return self.node, _read(self.health, "started_at")

    @property
    def is_there(self) -> bool:
        """Whether it runs, or is about to: its last will says so where it does not."""
        return self.node is not None and self.status != OFFLINE


async def look(config: MqttConfig, topics: Topics) -> Holder:
    """Who is, or was, at the base topic. Raises `BrokerUnreachable` or `BrokerRefused`."""
    async with connected(config, client_id=f"wallflower-{topics.node_id}-looks") as client:
        kept = await kept_on(client, [topics.status, topics.health], end=topics.claim)
    return Holder(kept.get(topics.status, ""), kept.get(topics.health, ""))


class Claim:
    """Our hold on the base topic, over any number of connections. `health` tells how we do."""

    def __init__(self, topics: Topics, health: Callable[[], str]) -> None:
        self._topics = topics
        self._health = health
        self._before = Holder()
        self._first: asyncio.Future[Holder] | None = None
        """Whose claim the broker sent first."""
        self._held = False
        self._held_ever = False
        self._complained = False
        self.contested = asyncio.Event()
        """Set when somebody wrote over what we said: whoever holds the topic says it again."""

    @property
    def is_held(self) -> bool:
        """Whether this connection may speak."""
        return self._held

    def begin(self, holder: Holder) -> None:
        """A new connection, before which `holder` was found. Raises `BaseTopicTaken`."""
        self._held = False
        self._before = holder
        self._first = asyncio.get_running_loop().create_future()
        if not holder.is_there or holder.life == self._us().life:
            return
        # One with our own id is ourselves before a crash, unless we were here since.
        if holder.node != self._topics.node_id or self._held_ever:
            raise self._taken_by(holder)

    def hear(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """What the broker sent on our topics `status` and `health`."""
        text = payload.decode(errors="replace")
        if topic == self._topics.status:
            if self._held and text != ONLINE and not retained:
                self.contested.set()
            return
        if retained and text == self._before.health:
            return
        other = Holder(ONLINE, text)
        ours = other.life == self._us().life
        if self._first is not None and not self._first.done():
            self._first.set_result(other)
            self._held = ours
        elif self._held and not ours:
            self._complain(other)
            self.contested.set()

    async def win(self) -> None:
        """Wait, after publishing our health, until the broker has decided.

        Raises `BaseTopicTaken` when another claimed it before.
        """
        if self._first is None:
            raise RuntimeError("the claim was not begun")
        # A broker that forbids us to read our own topics cannot tell.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLAIM_S):
                first = await self._first
                if first.life != self._us().life:
                    raise self._taken_by(first)
        self._held = self._held_ever = True

    def _us(self) -> Holder:
        return Holder(health=self._health())

    def _complain(self, other: Holder) -> None:
        if not self._complained:
            self._complained = True
            _log.warning("%s This one goes on.", self._taken_by(other))

    def _taken_by(self, other: Holder) -> BaseTopicTaken:
        base = self._topics.base
        if other.node == self._topics.node_id:
            return BaseTopicTaken(
                f"Another Wallflower with the same id ({other.node}), such as one made of the same"
                f" backup, speaks on the MQTT topic {base}; stop one of the two."
            )
        return BaseTopicTaken(
            f"Another Wallflower (node {other.node}) speaks on the MQTT topic {base} already;"
            f" give this one (node {self._topics.node_id}) a topic of its own in mqtt.topic."
        )


def _read(health: str, key: str) -> str | None:
    try:
        value = json.loads(health)[key]
    except (ValueError, LookupError, TypeError):
        return None
    return str(value)
