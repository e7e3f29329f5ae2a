"""All that raises an alarm, as the settings ask."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from wallflower.alerts.keyword_watch import KeywordWatch, LinesOf
from wallflower.alerts.keywords import keywords_of
from wallflower.alerts.silence_watch import SilenceWatch
from wallflower.domain.control import HouseControl
from wallflower.domain.keywords import Keyword
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock
from wallflower.runtime.health import Health
from wallflower.runtime.parts import Parts
from wallflower.settings.schema import AlertSettings


@dataclass(frozen=True, slots=True)
class Alerts:
    keywords: tuple[Keyword, ...]
    keyword_watch: KeywordWatch | None
    """None: there is no keyword to be heard."""
    silence_watch: SilenceWatch | None
    """None: silence is no alarm."""

    def start(
        self, house: HouseControl, followers: Parts, edges: Parts, leaving: asyncio.Event
    ) -> None:
        """Begin once the streams of `house` are there: with `followers` what must not miss the last
        line, with `edges` what ends with `leaving`."""
        if self.keyword_watch is not None:
            followers.start("keywords", partial(self.keyword_watch.run, house))
        if self.silence_watch is not None:
            edges.start("silence", partial(self.silence_watch.run_once, house, leaving))


def open_alerts(
    settings: AlertSettings, *, bus: Bus, clock: Clock, health: Health, lines_of: LinesOf
) -> Alerts:
    """Raises `BadSettings` as `keywords_of` does."""
    keywords, minutes = keywords_of(settings), settings.silence_minutes
    return Alerts(
        keywords,
        KeywordWatch(keywords, bus=bus, clock=clock, health=health, lines_of=lines_of)
        if keywords
        else None,
        SilenceWatch(minutes, bus=bus, clock=clock, health=health) if minutes else None,
    )
