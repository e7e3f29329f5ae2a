"""What the page talks to: the real API on hypercorn over a real store, to stop and to start."""

from __future__ import annotations

import asyncio
from pathlib import Path

from quart import Quart

from tests.house.ears import QuietEar
from tests.store.lines import prints, room_print
from tests.support.house import MemoryHouse
from wallflower.api import Services, create_app, serve
from wallflower.domain.engine import EngineInfo
from wallflower.domain.errors import BadInput, Unauthorized
from wallflower.domain.others import Others
from wallflower.domain.speech import Line, Pcm
from wallflower.domain.streams import StreamHealth, StreamState
from wallflower.domain.times import WallTime
from wallflower.domain.tracks import AudioTrack, Probe, VideoTrack
from wallflower.domain.voices import Voice
from wallflower.house.people import People
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import SystemClock
from wallflower.runtime.health import Health
from wallflower.store import Store

REFUSED = "The camera at 10.0.0.9 refuses the user name or password; correct them in its address."

BEGAN = WallTime.from_iso("2026-11-22T12:00:00Z")
"""When the first line of every test was said."""

GAP_S = 20.0


FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""For Chromium: headless in a container, and asking nobody on the internet."""


async def probe(url: str) -> Probe:
    """Cameras at 10.0.0.9 want another password; all others are good."""
    if "10.0.0.9" in url:
        raise Unauthorized(REFUSED)
    return Probe(AudioTrack("aac", 16_000, 1), VideoTrack("h264", 1920, 1080, 25.0), 1)


async def hear(recording: bytes) -> Pcm:
    """The page sends no recordings."""
    raise BadInput(f"{len(recording)} bytes came that nobody asked for.")


class Site:
    """One appliance; `start` again after `stop` keeps its store, streams and port."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "wallflower.db"
        self._clock = SystemClock()
        self.bus = Bus()
        self.house = MemoryHouse(self.bus)
        self.health = Health()
        self.others = Others()
        self.store: Store
        self.people: People
        self.app: Quart
        self._port = 0
        self._closing = asyncio.Event()
        self._server: asyncio.Task[None] | None = None
        self._said = 0
        self._voices = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    async def start(self) -> None:
        self.store = await Store.open(self._path, clock=self._clock)
        self._closing = asyncio.Event()
        self.people = People(self.store, self.bus, self._clock, QuietEar())
        services = Services(
            house=self.house,
            store=self.store,
            bus=self.bus,
            health=self.health,
            clock=self._clock,
            closing=self._closing,
            version="0.1.0",
            started_at=self._clock.wall(),
            engine=lambda: EngineInfo("embedded:tiny.en", ready=True, backlog_s=0.0),
            probe=probe,
            people=self.people,
            hear=hear,
            others=lambda: self.others,
        )
        self.app = create_app(services)
        listening: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._server = asyncio.create_task(
            serve(
                self.app,
                host="127.0.0.1",
                port=self._port,
                closing=self._closing,
                on_listening=listening.set_result,
            )
        )
        await asyncio.wait((listening, self._server), return_when=asyncio.FIRST_COMPLETED)
        self._port = listening.result()

    async def stop(self) -> None:
        self._closing.set()
        if self._server is not None:
            await self._server
        await self.store.close()

    async def stream(
        self, name: str, state: StreamState = StreamState.STREAMING, host: str = "10.0.0.7"
    ) -> str:
        """Add one; its id."""
        spec = await self.house.add(name=name, url=f"rtsp://admin:secret@{host}/live")
        self.house.report(StreamHealth(spec.id, state))
        return spec.id

    async def voice(self) -> Voice:
        """A new one, `Voice N`, unlike all others."""
        self._voices += 1
        return await self.store.voices.add("ge2e", room_print(self._voices, at=BEGAN))

    async def say(
        self,
        text: str,
        voice: Voice,
        *,
        stream_id: str = "hall",
        announce: bool = True,
        sure: bool = True,
    ) -> int:
        """Store a line, `GAP_S` after the one before, and announce it. The line's id."""
        start = BEGAN.plus(GAP_S * self._said)
        self._said += 1
        line = Line(
            stream_id=stream_id,
            start=start,
            end=start.plus(2.0),
            text=text,
            words=(),
            speaker=voice.ref(0.8, sure=sure),
            language="en",
            confidence=0.9,
            engine="embedded:tiny.en",
            prints=prints(voice.id),
        )
        (event,) = await self.store.lines.commit([line])
        if announce:
            self.bus.publish(event)
        assert event.line.id is not None
        return event.line.id
