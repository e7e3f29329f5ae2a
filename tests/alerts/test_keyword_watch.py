"""Keywords told over the bus: from snapshots, from lines, and by whom they were said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tests.alerts.said import ANNA, NOON, line, transcript, utterance
from tests.support.clock import ManualClock, settle
from tests.support.events import Events, recorded
from tests.support.house import MemoryHouse
from wallflower.alerts.keyword_watch import PART, PATIENCE_S, KeywordWatch
from wallflower.domain.events import KeywordHeard, LineCommitted
from wallflower.domain.keywords import Keyword
from wallflower.domain.speech import Line, Transcript, Turn, Utterance
from wallflower.runtime.bus import Bus
from wallflower.runtime.health import Health, HealthState
from wallflower.timeline import fuse

HELP = Keyword("Help", emergency=True)
DOOR = Keyword("door", streams=("Kitchen",))
BEN = ANNA.__class__(2, "Ben", known=True, confidence=0.9)


class Rig:
    """A watch over a house with a hall and a kitchen."""

    def __init__(self, keywords: Sequence[Keyword], events: Events, bus: Bus) -> None:
        self.bus = bus
        self.events = events
        self.clock = ManualClock()
        self.health = Health()
        self.house = MemoryHouse(bus)
        self.turns: tuple[Turn, ...] = ()
        self.voices_known = asyncio.Event()
        self.voices_known.set()
        self.watch = KeywordWatch(
            keywords, bus=bus, clock=self.clock, health=self.health, lines_of=self.lines_of
        )

    async def lines_of(self, snapshot: Utterance, said: Transcript) -> Sequence[Line]:
        await self.voices_known.wait()
        return fuse(snapshot, said, self.turns)

    async def so_far(self, text: str, stream_id: str = "hall") -> None:
        await self.watch.so_far(utterance(text, stream_id=stream_id), transcript(text))

    async def write(self, *lines: Line) -> None:
        for each in lines:
            self.bus.publish(LineCommitted(1, each))
        await settle()

    async def told(self) -> list[KeywordHeard]:
        """What was told since the last call."""
        await settle()
        told = self.events.of(KeywordHeard)
        self.events.forget()
        return told

    async def told_phrases(self) -> list[str]:
        return [event.keyword for event in await self.told()]


@asynccontextmanager
async def watching(*keywords: Keyword) -> AsyncIterator[Rig]:
    bus = Bus()
    async with recorded(bus) as events:
        rig = Rig(keywords or (HELP, DOOR), events, bus)
        for name in ("Hall", "Kitchen"):
            await rig.house.add(name=name, url="rtsp://camera/1")
        running = asyncio.create_task(rig.watch.run(rig.house), name="keywords")
        await settle()
        try:
            yield rig
        finally:
            running.cancel()
            await asyncio.wait((running,))


async def test_a_snapshot_tells_at_once_and_its_line_no_more() -> None:
    async with watching() as rig:
        rig.turns = (Turn(0.0, 9.0, ANNA),)
        await rig.so_far("please help me")
        (heard,) = await rig.told()
        assert heard == KeywordHeard(
            stream_id="hall",
            keyword="Help",
            emergency=True,
            text="please help me",
            speaker=heard.speaker,
            confidence=0.9,
            line_id=None,
            at=NOON.plus(0.7),
        )
        assert heard.speaker is not None
        assert (heard.speaker.name, heard.speaker.sure) == ("Anna", True)
        await rig.write(line("please help me", speaker=ANNA))
        assert await rig.told() == []


async def test_a_line_tells_what_no_snapshot_had() -> None:
    async with watching() as rig:
        await rig.so_far("please hell me")
        await rig.write(line("please help me", speaker=ANNA))
        (heard,) = await rig.told()
        assert (heard.text, heard.speaker, heard.line_id) == ("please help me", ANNA, 7)
        assert heard.at == NOON.plus(0.7)


async def test_it_was_said_by_whoever_ended_it() -> None:
    async with watching() as rig:
        # Two talk: Anna says the first two words, Ben the rest.
        rig.turns = (Turn(0.0, 1.1, ANNA), Turn(1.1, 9.0, BEN))
        await rig.so_far("who is? to help me there")
        (heard,) = await rig.told()
        assert heard.speaker is not None
        assert heard.speaker.name == "Ben"
        assert heard.text == "to help me there"


async def test_nobody_waits_long_for_a_name() -> None:
    async with watching() as rig:
        rig.voices_known.clear()
        telling = asyncio.create_task(rig.so_far("please help me"))
        await settle()
        assert await rig.told() == []
        await rig.clock.advance(PATIENCE_S)
        (heard,) = await rig.told()
        assert (heard.speaker, heard.text) == (None, "please help me")
        await telling


async def test_keywords_count_on_their_streams() -> None:
    async with watching() as rig:
        await rig.so_far("the door please help")
        assert await rig.told_phrases() == ["Help"]
        await rig.so_far("the door please help", stream_id="kitchen")
        assert await rig.told_phrases() == ["Help", "door"]
        await rig.so_far("the door please help", stream_id="nowhere")
        assert await rig.told_phrases() == []


async def test_streams_come_and_go_and_change_their_names() -> None:
    async with watching(Keyword("door", streams=("Den",)), HELP) as rig:
        den = await rig.house.add(name="Den", url="rtsp://camera/1")
        await settle()
        await rig.so_far("the door", stream_id=den.id)
        assert await rig.told_phrases() == ["door"]
        await rig.house.change("hall", area="Ground floor")
        await rig.write(line("help"))
        assert await rig.told_phrases() == ["Help"]
        await rig.house.remove(den.id)
        await settle()
        await rig.so_far("the door is open now", stream_id=den.id)
        assert await rig.told_phrases() == []


async def test_a_change_of_the_stream_forgets_nothing_that_was_told() -> None:
    async with watching() as rig:
        await rig.so_far("please help me")
        await rig.house.change("hall", area="Ground floor")
        await rig.write(line("please help me"))
        assert await rig.told_phrases() == ["Help"]


async def test_health_tells_of_streams_that_are_not_there() -> None:
    async with watching(Keyword("door", streams=("Den",))) as rig:
        told = rig.health.parts()[PART]
        assert (told.state, told.code) == (HealthState.DEGRADED, "keyword_stream")
        assert told.detail is not None
        assert "'Den'" in told.detail
        den = await rig.house.add(name="Den", url="rtsp://camera/1")
        await settle()
        assert rig.health.parts()[PART].state is HealthState.OK
        await rig.house.remove(den.id)
        await settle()
        assert rig.health.parts()[PART].state is HealthState.DEGRADED


async def test_the_last_line_before_the_end_is_read() -> None:
    async with watching() as rig:
        rig.bus.publish(LineCommitted(1, line("please help me")))
        rig.bus.publish(LineCommitted(2, line("help", start=NOON.plus(9))))
    assert [event.keyword for event in rig.events.of(KeywordHeard)] == ["Help", "Help"]
