"""Who writes what, and that somebody does."""

from __future__ import annotations

import asyncio

import pytest

from tests.asr.relay.told import Told, said, so_far
from tests.support.clock import ManualClock, settle
from tests.support.engine import quality
from wallflower.asr.contract import Engine
from wallflower.asr.relay import Places, Relay
from wallflower.asr.relay.engine import AGAIN_S, KEEP_S
from wallflower.asr.relay.places import IN_TIME_S
from wallflower.domain.engine import ServerState
from wallflower.domain.errors import EngineAway, EngineBusy, EngineFailed, EngineRefused


class Rig:
    """A relay between two told engines."""

    def __init__(self, *, most: int | None = None, alone: bool = False) -> None:
        self.clock = ManualClock()
        self.places = Places(self.clock, most)
        self.servers = Told("servers")
        self.embedded = Told("embedded")
        second = None if alone else self.embedded
        self.relay = Relay(self.servers, second, clock=self.clock, places=self.places)


async def test_servers_write_where_they_can() -> None:
    rig = Rig()
    way = rig.relay.open("hall")
    so_far_text = await way.partial(so_far())
    assert so_far_text is not None
    assert so_far_text.text == "by servers"
    assert (await way.final(said())).text == "by servers"
    assert (rig.embedded.asked, rig.relay.taken_over, rig.places.taken) == ([], 0, 0)


@pytest.mark.parametrize("error", [EngineAway, EngineBusy, EngineRefused, EngineFailed])
async def test_what_servers_fail_on_is_taken_over_at_once(error: type[EngineFailed]) -> None:
    rig = Rig()
    rig.servers.error = error("No.")
    way = rig.relay.open("hall")
    assert (await way.final(said())).text == "by embedded"
    assert rig.relay.taken_over == 1
    rig.servers.error = None
    assert (await way.final(said(2))).text == "by servers"


async def test_who_was_given_up_on_while_talking_is_not_asked_again_for_that_utterance() -> None:
    rig = Rig()
    rig.servers.error = EngineAway("Gone.")
    way = rig.relay.open("hall")
    text = await way.partial(so_far())
    assert text is not None
    assert text.text == "by embedded"
    rig.servers.error = None
    assert (await way.final(said())).text == "by embedded"
    assert len(rig.servers.asked) == 1


async def test_text_so_far_comes_from_whoever_has_the_time() -> None:
    rig = Rig()
    rig.servers.busy = True
    way = rig.relay.open("hall")
    text = await way.partial(so_far())
    assert text is not None
    assert text.text == "by embedded"
    assert (await way.final(said())).text == "by servers"


async def test_more_talkers_than_places_go_to_the_embedded_engine_from_the_start() -> None:
    rig = Rig(most=1)
    hall, attic = rig.relay.open("hall"), rig.relay.open("attic")
    await hall.partial(so_far(stream="hall"))
    texts = [await attic.partial(so_far(stream="attic")), await attic.final(said(stream="attic"))]
    assert [text.text for text in texts if text] == ["by embedded", "by embedded"]
    await hall.final(said(stream="hall"))
    assert (await attic.final(said(2, stream="attic"))).text == "by servers"


async def test_late_texts_leave_fewer_places() -> None:
    rig = Rig(most=2)
    rig.servers.free.clear()
    way = rig.relay.open("hall")
    writing = asyncio.create_task(way.final(said()))
    await rig.clock.advance(IN_TIME_S + 0.5)
    rig.servers.free.set()
    assert (await writing).text == "by servers"
    assert rig.places.limit == 1


async def test_only_want_of_time_leaves_fewer_places() -> None:
    rig = Rig(most=2)
    way = rig.relay.open("hall")
    rig.servers.error = EngineAway("Gone.")
    await way.final(said(1))
    assert rig.places.limit == 2
    rig.servers.error = EngineBusy("Full.")
    await way.final(said(2))
    assert rig.places.limit == 1


async def test_speech_waits_while_nobody_can_take_it() -> None:
    rig = Rig()
    rig.servers.error = EngineAway("Gone.")
    rig.embedded.ready = False
    way = rig.relay.open("hall")
    writing = asyncio.create_task(way.final(said()))
    await rig.clock.advance(100.0)
    assert not writing.done()
    assert not rig.embedded.asked
    rig.embedded.ready = True
    await rig.clock.advance(AGAIN_S)
    assert (await writing).text == "by embedded"


async def test_without_a_stand_in_it_waits_for_the_servers_but_not_for_ever() -> None:
    rig = Rig(alone=True)
    rig.servers.error = EngineAway("Gone.")
    way = rig.relay.open("hall")
    writing = asyncio.create_task(way.final(said()))
    await rig.clock.advance(60.0)
    rig.servers.error = None
    await rig.clock.advance(AGAIN_S)
    assert (await writing).text == "by servers"

    rig.servers.error = EngineAway("Gone.")
    writing = asyncio.create_task(way.final(said(2)))
    await rig.clock.advance(KEEP_S + AGAIN_S)
    with pytest.raises(EngineAway):
        await writing
    assert rig.places.taken == 0


async def test_an_utterance_that_breaks_both_is_given_up() -> None:
    rig = Rig()
    rig.servers.error = rig.embedded.error = EngineFailed("It breaks on this.")
    way = rig.relay.open("hall")
    with pytest.raises(EngineFailed):
        await way.final(said())
    assert rig.places.taken == 0


async def test_no_place_is_held_for_utterances_that_never_end() -> None:
    rig = Rig(most=2)
    way = rig.relay.open("hall")
    await way.partial(so_far(1))
    await way.partial(so_far(2))
    assert rig.places.taken == 2
    await way.final(said(2))
    assert rig.places.taken == 0
    # A snapshot that comes after its own final text is old news.
    assert await way.partial(so_far(2)) is None
    await way.partial(so_far(3))
    await way.close()
    assert rig.places.taken == 0
    assert (rig.servers.closed, rig.embedded.closed) == (1, 1)


async def test_a_cancelled_final_gives_its_place_back() -> None:
    rig = Rig()
    rig.servers.free.clear()
    writing = asyncio.create_task(rig.relay.open("hall").final(said()))
    await settle()
    assert rig.places.taken == 1
    writing.cancel()
    await asyncio.wait((writing,))
    assert rig.places.taken == 0


async def test_it_is_an_engine_and_tells_who_would_write() -> None:
    rig = Rig()
    engine: Engine = rig.relay
    assert (engine.name, engine.ready, engine.backlog_s) == ("servers", True, 3.0)
    rig.servers.qualities = (quality(ServerState.AWAY),)
    assert (engine.name, rig.relay.servers_ready) == ("embedded", False)
    rig.embedded.ready = False
    assert (engine.name, engine.ready) == ("servers", True)
    rig.servers.ready = False
    assert not engine.ready
    await engine.start()
    assert rig.servers.ready
    assert not rig.embedded.ready
    engine.hint(["Anna"])
    assert rig.servers.hints == rig.embedded.hints == ["Anna"]
    await engine.close()
    assert (rig.servers.closed, rig.embedded.closed) == (1, 1)
