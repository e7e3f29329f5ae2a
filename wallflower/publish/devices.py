"""Keeps Home Assistant's devices what they should be, over any number of connections."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from typing import Final

from wallflower.domain.errors import StoreError
from wallflower.publish.announcer import Announcer
from wallflower.publish.discovery import REMOVED, Device, Ledger
from wallflower.publish.earlier import earlier
from wallflower.publish.outbox import Values
from wallflower.publish.payloads import Message, Send
from wallflower.publish.settling import Settling
from wallflower.publish.topics import Topics
from wallflower.runtime.clock import Clock

LEDGER: Final = "mqtt.devices"

_log = logging.getLogger(__name__)


class Devices:
    """Device payloads, and what has to go with devices and entities that are gone.

    What was announced is kept in the store (`discovery.Ledger`), so that nothing stays behind in
    Home Assistant that went while the broker was away, or while Wallflower was stopped or given
    other settings.
    """

    def __init__(self, topics: Topics, values: Values, clock: Clock) -> None:
        self._topics = topics
        self._values = values
        self._announcer = Announcer(clock)
        self._settling = Settling(clock)
        self._ledger: Ledger | None = None
        self._saved = ""
        self.core_is_up = False
        """Whether Home Assistant has certainly started, and not stopped since."""
        self.turn = asyncio.Lock()
        """Held while states go out, so that no topic is cleared that was just written. Announce
        a device before its states, and under this lock."""

    @property
    def ledger(self) -> Ledger:
        if self._ledger is None:
            raise RuntimeError("the devices were not opened")
        return self._ledger

    async def open(self) -> None:
        """Read what an earlier run announced. Raises `StoreError`; harmless when open."""
        if self._ledger is not None:
            return
        stored = await self._values.get(LEDGER)
        if stored is None:
            self._ledger = await earlier(self._values, self._topics)
            return
        try:
            self._ledger = Ledger.read(stored)
        except (ValueError, TypeError, KeyError):
            _log.exception("What Home Assistant was told before cannot be read; it begins anew.")
            self._ledger = Ledger()

    def announce(self, device: Device, *, again: bool = False) -> None:
        """Have the device told to Home Assistant; what it was told last only if `again`."""
        topic = self._topics.discovery(device.id)
        self.ledger.present(topic, device)
        self._announcer.announce(topic, self.ledger.text(topic), again=again)

    def remove(self, device_id: str, *, again: bool = False) -> None:
        """Have the device removed, and a while later its retained topics cleared."""
        self._remove(self._topics.discovery(device_id), again)

    def remove_others(self, device_ids: Collection[str]) -> None:
        """Remove all devices but these, once more where that was done before."""
        ours = {self._topics.discovery(device_id) for device_id in device_ids}
        for topic in self.ledger.topics():
            if topic not in ours:
                self._remove(topic, again=True)

    def arrived(self) -> None:
        """We are at the broker; Home Assistant may have started meanwhile, or not be there."""
        self._resume(core_is_up=False)
        for topic in self.ledger.left():
            self._settling.told(topic, REMOVED)

    def born(self) -> None:
        """Home Assistant has started: it may know of what has gone meanwhile."""
        self._resume(core_is_up=True)

    def _resume(self, *, core_is_up: bool) -> None:
        self.core_is_up = core_is_up
        for topic in self.ledger.show_graves():
            self._announcer.announce(topic, self.ledger.text(topic), again=True)

    async def run(self, send: Send) -> None:
        """Send payloads when they are due, for ever."""

        async def send_device(topic: str, payload: str) -> None:
            await self._save()
            await send(Message(topic, payload, retain=True))
            await self._told(topic, payload)

        await self._announcer.run(send_device)

    async def clear(self, send: Send) -> None:
        """Clear the retained topics of what is gone once nothing looks at them, for ever."""
        while True:
            topic = await self._settling.next()
            async with self.turn:
                # What is to be told by now may name again what was to be cleared.
                if self._settling.take(topic) == self.ledger.text(topic):
                    for stale in self.ledger.stale(topic):
                        await send(Message(stale, "", retain=True))
                        self.ledger.cleared(topic, stale)
            await self._save()

    async def _told(self, topic: str, payload: str) -> None:
        self._settling.told(topic, payload)
        async with self.turn:
            if self.ledger.text(topic) == payload:
                self.ledger.told(topic, heard=self.core_is_up)
            # What follows, if anything: what was shown is to be removed.
            self._announcer.announce(topic, self.ledger.text(topic))
        await self._save()

    def _remove(self, topic: str, again: bool) -> None:
        if topic in self.ledger.topics():
            self.ledger.absent(topic)
            self._announcer.announce(topic, self.ledger.text(topic), again=again)

    async def _save(self) -> None:
        written = self.ledger.write()
        if written == self._saved:
            return
        try:
            await self._values.set(LEDGER, written)
        except StoreError as error:
            _log.warning("What Home Assistant was told cannot be stored: %s", error)
        else:
            self._saved = written
