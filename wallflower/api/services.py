"""What the routes work with, handed in by the composition root."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, cast

from quart import Quart, current_app

from wallflower.api.notices import Notice
from wallflower.api.tally import Tally
from wallflower.domain.control import HouseControl
from wallflower.domain.engine import EngineInfo
from wallflower.domain.others import Others
from wallflower.domain.people import PeopleControl
from wallflower.domain.speech import Pcm
from wallflower.domain.times import WallTime
from wallflower.domain.tracks import Probe
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock
from wallflower.runtime.health import Health
from wallflower.store import Store

_KEY: Final = "wallflower"


@dataclass(frozen=True, slots=True)
class Services:
    """All the API may touch."""

    house: HouseControl
    store: Store
    bus: Bus
    health: Health
    clock: Clock
    closing: asyncio.Event
    """Set once the house shuts down; every open stream of events ends then."""
    version: str
    started_at: WallTime
    engine: Callable[[], EngineInfo]
    probe: Callable[[str], Awaitable[Probe]]
    """Reads the tracks behind a URL. Raises `BadStreamUrl`, `CaptureError` or `MissingProgram`."""
    people: PeopleControl
    hear: Callable[[bytes], Awaitable[Pcm]]
    """The sound of a recording that was sent. Raises `BadInput` or `MissingProgram`."""
    notices: tuple[Notice, ...] = ()
    """What people should know about this setup."""
    others: Callable[[], Others] = Others
    """The other Wallflowers on the network."""
    tally: Tally = field(default_factory=Tally)
    """Counts lines only while its `follow` runs."""


def provide(app: Quart, services: Services) -> None:
    """Make `services` what `services()` gives in requests of `app`."""
    app.extensions[_KEY] = services


def services() -> Services:
    """The services of the app that handles the current request."""
    return cast("Services", current_app.extensions[_KEY])
