"""Order and completeness of what one client is told, on a real journal, step by step."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from tests.api.served import Served
from tests.support.clock import settle
from wallflower.api.feed import BATCH, KEEP_ALIVE_S, RECORDED, Feed, Hello, Quiet
from wallflower.domain.errors import StoreError
from wallflower.domain.events import Event, PartialHeard
from wallflower.domain.times import WallTime

Told = AsyncGenerator[Hello | Quiet | Event, None]


def feed(served: Served, inbox_size: int = 1024) -> Feed:
    return Feed(
        served.bus,
        served.store.journal,
        clock=served.clock,
        closing=served.closing,
        inbox_size=inbox_size,
    )


def partial(text: str) -> PartialHeard:
    return PartialHeard("hall", text, WallTime.from_seconds(0))


async def recorded(told: Told, count: int) -> list[int]:
    """The ids of the next `count` stored events; anything else on the way fails."""
    ids = []
    for _ in range(count):
        item = await anext(told)
        assert isinstance(item, RECORDED), item
        ids.append(item.event_id)
    return ids


async def test_a_new_client_hears_what_comes_from_now_on(served: Served) -> None:
    await served.say("before")
    told = feed(served).follow(None)
    assert await anext(told) == Hello(last_event_id=1, told=1)
    event = await served.say("after")
    assert await anext(told) == event
    await told.aclose()


async def test_a_returning_client_hears_what_it_missed_once(served: Served) -> None:
    for number in range(5):
        await served.say(f"line {number}")
    told = feed(served).follow(2)
    assert await anext(told) == Hello(last_event_id=5, told=2)
    assert await recorded(told, 3) == [3, 4, 5]
    await served.say("live")
    assert await recorded(told, 1) == [6]
    await told.aclose()


async def test_a_line_written_during_the_replay_comes_once_and_in_order(served: Served) -> None:
    for number in range(3):
        await served.say(f"line {number}")
    told = feed(served).follow(0)
    await anext(told)
    assert await recorded(told, 1) == [1]
    await served.say("meanwhile")  # in the inbox now, and in the journal
    assert await recorded(told, 3) == [2, 3, 4]
    await served.say("afterwards")
    assert await recorded(told, 1) == [5]
    await told.aclose()


async def test_a_line_stored_before_and_announced_after_the_subscription_comes_once(
    served: Served,
) -> None:
    late = await served.store_line("stored, not yet announced")
    told = feed(served).follow(0)
    assert await anext(told) == Hello(last_event_id=1, told=0)
    served.bus.publish(late)
    assert await recorded(told, 1) == [1]
    await served.say("next")
    assert await recorded(told, 1) == [2]
    await told.aclose()


async def test_announcements_that_overtook_each_other_come_in_order(served: Served) -> None:
    told = feed(served).follow(None)
    await anext(told)
    first = await served.store_line("first")
    second = await served.store_line("second")
    served.bus.publish(second)
    served.bus.publish(first)
    await served.say("third")
    assert await recorded(told, 3) == [1, 2, 3]
    await told.aclose()


async def test_an_event_nobody_announced_is_found_with_the_next(served: Served) -> None:
    told = feed(served).follow(None)
    await anext(told)
    await served.store_line("its writer was cut off before it could tell")
    await served.say("next")
    assert await recorded(told, 2) == [1, 2]
    await told.aclose()


async def test_a_slow_client_gets_its_lines_from_the_journal(served: Served) -> None:
    told = feed(served, inbox_size=4).follow(None)
    await anext(told)
    for number in range(20):
        await served.say(f"line {number}")
    assert await anext(told) == Hello(last_event_id=20, told=0)
    assert await recorded(told, 20) == list(range(1, 21))
    event = await served.say("up to date again")
    assert await anext(told) == event
    await told.aclose()


async def test_a_line_pushed_out_by_passing_events_is_not_lost(served: Served) -> None:
    told = feed(served, inbox_size=2).follow(None)
    await anext(told)
    line = await served.say("pushed out")
    for number in range(3):
        served.bus.publish(partial(f"so far {number}"))
    assert await anext(told) == Hello(last_event_id=1, told=0)
    assert await anext(told) == line
    assert [await anext(told), await anext(told)] == [partial("so far 1"), partial("so far 2")]
    await told.aclose()


async def test_a_long_replay_comes_in_batches_and_complete(served: Served) -> None:
    template = (await served.store_line("one")).line
    await served.store.lines.commit([template] * (2 * BATCH))
    told = feed(served).follow(0)
    await anext(told)
    assert await recorded(told, 2 * BATCH + 1) == list(range(1, 2 * BATCH + 2))
    await told.aclose()


async def test_an_id_from_another_database_starts_afresh(served: Served) -> None:
    await served.say("line")
    told = feed(served).follow(10**30)
    assert await anext(told) == Hello(last_event_id=1, told=1)
    event = await served.say("next")
    assert await anext(told) == event
    await told.aclose()


async def test_pruned_events_do_not_hold_up_the_rest(served: Served) -> None:
    for number in range(5):
        await served.say(f"line {number}")
    await served.store.journal.prune(keep=0)
    told = feed(served).follow(1)
    assert await anext(told) == Hello(last_event_id=5, told=1)
    event = await served.say("next")
    assert await anext(told) == event
    await told.aclose()


async def test_silence_is_told_on_the_clock_and_loses_nothing(served: Served) -> None:
    told = feed(served).follow(None)
    await anext(told)
    for _ in range(3):
        waiting = asyncio.ensure_future(anext(told))
        await settle()
        await served.clock.advance(KEEP_ALIVE_S - 0.1)
        assert not waiting.done()
        await served.clock.advance(0.1)
        assert await waiting == Quiet()
    event = await served.say("after silence")
    assert await anext(told) == event
    await told.aclose()


async def test_it_ends_when_the_house_closes_even_in_a_replay(served: Served) -> None:
    for number in range(3):
        await served.say(f"line {number}")
    live, replaying = feed(served).follow(None), feed(served).follow(0)
    await anext(live)
    await anext(replaying)
    await anext(replaying)
    waiting = asyncio.ensure_future(anext(live, "the end"))
    await settle()
    served.closing.set()
    assert await waiting == "the end"
    rest = [item async for item in replaying]
    assert len(rest) <= 2  # of the batch already read


async def test_it_ends_with_the_bus_after_what_was_still_in_the_inbox(served: Served) -> None:
    told = feed(served).follow(None)
    await anext(told)
    event = await served.say("last words")
    served.bus.close()
    assert [item async for item in told] == [event]


async def test_a_client_that_left_has_no_inbox_any_more(served: Served) -> None:
    told = feed(served, inbox_size=1).follow(None)
    await anext(told)
    await served.say("one")
    await served.say("two")
    assert served.bus.dropped() == {"events": 1}
    await told.aclose()
    assert served.bus.dropped() == {}


async def test_a_journal_that_cannot_be_read_is_an_error(served: Served) -> None:
    await served.lose_database()
    with pytest.raises(StoreError):
        await anext(feed(served).follow(None))
