"""The engine hears which names are likely to be said: those of the people it writes about.

Keywords are kept from it: hinted at, they are written where nobody said them (docs/alerts.md).
"""

from __future__ import annotations

from typing import Final

from wallflower.asr.contract import Engine
from wallflower.domain.events import SpeakerForgotten, SpeakerMerged, SpeakerRenamed
from wallflower.runtime.bus import Bus
from wallflower.runtime.health import Health, HealthState
from wallflower.store import Store

PART: Final = "names"


async def offer_names(engine: Engine, store: Store, bus: Bus, health: Health) -> None:
    """Offer the names of known people now and whenever they change, until the bus closes."""
    with bus.subscribe(PART, SpeakerRenamed, SpeakerMerged, SpeakerForgotten) as changed:
        engine.hint(await _known_names(store))
        health.report(PART, HealthState.OK)
        async for _ in changed:
            engine.hint(await _known_names(store))


async def _known_names(store: Store) -> list[str]:
    return sorted({voice.name for voice in await store.voices.everyone() if voice.known})
