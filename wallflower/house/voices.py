"""Who tells voices apart, and all that goes on learning about them beside the streams."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

from wallflower.house.ear import ClipEar
from wallflower.house.own_odds import OwnOdds
from wallflower.house.relearning import Relearning
from wallflower.house.second_look import SecondLook
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock
from wallflower.runtime.health import Health
from wallflower.runtime.parts import Parts
from wallflower.runtime.workers import Workers
from wallflower.settings.schema import SpeakerSettings
from wallflower.speakers import Encoder, Speakers
from wallflower.store import Store


@dataclass(frozen=True, slots=True)
class Voices:
    """One encoder on one thread, and those who work with it."""

    encoder: Encoder
    thread: Workers
    speakers: Speakers
    """In what streams say."""
    ear: ClipEar
    """In clips."""

    def start_learning(
        self,
        parts: Parts,
        leaving: asyncio.Event,
        store: Store,
        bus: Bus,
        clock: Clock,
        health: Health,
    ) -> None:
        """Begin what learns until `leaving` is set."""
        encoder, thread = self.encoder, self.thread
        relearning = Relearning(store.voices, encoder, thread, health)
        parts.start("voices", partial(relearning.run_once, leaving))
        own_odds = OwnOdds(store, encoder, thread, bus, clock, health)
        parts.start("odds", partial(own_odds.run_once, leaving))
        looking = SecondLook(store, encoder, thread, bus, clock, health)
        parts.start("second look", partial(looking.run_once, leaving))


async def open_voices(
    settings: SpeakerSettings, store: Store, stack: AsyncExitStack
) -> Voices | None:
    """As the settings ask, on a thread that ends with `stack`; None: voices are not told apart.

    Raises `ModelMissing` when the encoder of the settings cannot be used.
    """
    if not settings.enabled:
        return None
    thread = Workers("speakers")
    stack.push_async_callback(asyncio.to_thread, thread.close)
    encoder = await thread.run(Encoder.load, settings.encoder, settings.device)
    ear = ClipEar(encoder, thread, settings.verify_from)
    return Voices(encoder, thread, Speakers(encoder, store.voices, thread), ear)
