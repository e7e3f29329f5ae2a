"""The stages that what is heard goes through, from the engine to the alarm."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Final

from wallflower.alerts import Alerts, open_alerts
from wallflower.app.basis import Basis
from wallflower.audio import SegmenterSettings, SileroModel
from wallflower.capture import find_ffmpeg
from wallflower.engines import Recogniser, recogniser
from wallflower.house import Voices, open_voices
from wallflower.pipeline import Shared, lines_of
from wallflower.store import Committer

PARTIAL_EVERY_S: Final = 1.2
"""About as often as one can read along."""


@dataclass(frozen=True, slots=True)
class Stages:
    recognising: Recogniser
    voices: Voices | None
    """None: voices are not told apart."""
    alerts: Alerts
    lines: Committer
    shared: Shared
    """All of them, as streams use them."""


async def open_stages(basis: Basis, stack: AsyncExitStack) -> Stages:
    """As the settings ask; closed with `stack`. Raises `WallflowerError`."""
    settings, clock, health = basis.settings, basis.clock, basis.health
    ffmpeg = await asyncio.to_thread(find_ffmpeg, settings.capture.ffmpeg)
    recognising = await stack.enter_async_context(
        recogniser(settings.asr, basis.data, clock=clock, health=health)
    )
    voices = await open_voices(settings.speakers, basis.store, stack)
    speakers = voices.speakers if voices else None
    alerts = open_alerts(
        settings.alerts,
        bus=basis.bus,
        clock=clock,
        health=health,
        lines_of=partial(lines_of, speakers=speakers),
    )
    # Snapshots while someone talks only if their text is shown or searched.
    snapshots = settings.asr.partials or bool(alerts.keywords)
    lines = Committer(basis.store, basis.bus, clock, health)
    shared = Shared(
        engine=recognising.engine,
        engine_ready=asyncio.Event(),
        speakers=speakers,
        lines=lines,
        bus=basis.bus,
        clock=clock,
        vad=await asyncio.to_thread(SileroModel.load),
        segmenter=SegmenterSettings(partial_every_s=PARTIAL_EVERY_S if snapshots else None),
        ffmpeg=ffmpeg,
        stall_s=settings.capture.stall_s,
        partials=settings.asr.partials,
        listener=alerts.keyword_watch,
    )
    return Stages(recognising, voices, alerts, lines, shared)
