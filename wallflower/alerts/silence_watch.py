"""Tells the house when nobody has spoken on a stream for long, and when somebody does again."""

from __future__ import annotations

import asyncio
from typing import Final

from wallflower.alerts.silence import Silence
from wallflower.domain.control import HouseControl
from wallflower.domain.events import (
    Event,
    SilenceChanged,
    SpeechChanged,
    StreamHealthChanged,
    StreamRemoved,
)
from wallflower.domain.streams import StreamState
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock, wait_until
from wallflower.runtime.health import Health, HealthState

PART: Final = "silence"
CHECK_S: Final = 1.0
"""How late an end of silence may be told; its beginning is a matter of minutes."""


class SilenceWatch:
    """Publishes `SilenceChanged` for every stream on which nobody speaks for `minutes`."""

    def __init__(self, minutes: float, *, bus: Bus, clock: Clock, health: Health) -> None:
        self._after_s = minutes * 60
        self._bus = bus
        self._clock = clock
        self._health = health
        self._streams: dict[str, Silence] = {}

    async def run_once(self, house: HouseControl, leaving: asyncio.Event) -> None:
        """Listen until `leaving` is set. For `supervise`."""
        kinds = (SpeechChanged, StreamHealthChanged, StreamRemoved)
        with self._bus.subscribe(PART, *kinds) as heard:
            for spec in house.streams():
                self._take(StreamHealthChanged(house.health(spec.id)))
            self._health.report(PART, HealthState.OK)
            while not await wait_until(leaving, CHECK_S, self._clock):
                for event in heard.drain():
                    self._take(event)
                for stream_id, silence in self._streams.items():
                    if (lasts_s := silence.due(self._clock.monotonic())) is not None:
                        self._tell(stream_id, lasts_s, silent=True)

    def _take(self, event: Event) -> None:
        now_s = self._clock.monotonic()
        match event:
            case SpeechChanged(stream_id, on):
                over_s = self._of(stream_id).speech(on, now_s)
                if over_s is not None:
                    self._tell(stream_id, over_s, silent=False)
            case StreamHealthChanged(health):
                self._of(health.stream_id).listen(health.state is StreamState.STREAMING, now_s)
            case StreamRemoved(stream_id):
                self._streams.pop(stream_id, None)

    def _of(self, stream_id: str) -> Silence:
        return self._streams.setdefault(stream_id, Silence(self._after_s))

    def _tell(self, stream_id: str, lasts_s: float, *, silent: bool) -> None:
        now = self._clock.wall()
        self._bus.publish(SilenceChanged(stream_id, silent, lasts_s / 60, now))
