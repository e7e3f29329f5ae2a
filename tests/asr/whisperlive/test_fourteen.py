"""The fourteen ways in which a WhisperLive server fails, as the reference numbers them."""

from __future__ import annotations

import asyncio
import json

import numpy as np
import pytest

from tests.asr.whisperlive.conftest import StartEngine
from tests.asr.whisperlive.replay import completed, lines, replay
from tests.asr.whisperlive.scripted import Client, mute, scripted, segment, typist, until
from tests.asr.whisperlive.speech import PAD_S, plain, say, uttered
from tests.support.clock import ManualClock
from wallflower.asr.whisperlive import WhisperLiveConfig
from wallflower.asr.whisperlive.connecting import reach
from wallflower.asr.whisperlive.session import FROZEN_S, TAIL_S
from wallflower.asr.whisperlive.wire.events import Completed, Disconnected, Missed, SoFar
from wallflower.asr.whisperlive.wire.protocol import Protocol
from wallflower.domain.engine import ServerState
from wallflower.domain.errors import EngineAway, EngineRefused
from wallflower.domain.times import SAMPLE_RATE

RAIN = "please close the window before it rains"


def test_01_a_segment_completed_by_repetition_keeps_its_words_and_its_start() -> None:
    raw = json.loads(lines("one")[-3]["got"])["segments"][0]
    assert raw["completed"]
    assert raw["start"] == "0.000"
    assert "words" not in raw
    (mended,) = [e.segment for some in replay("one") for e in some if isinstance(e, Completed)]
    assert mended.start_s == 0.08
    assert [word.text for word in mended.words] == mended.text.split()


def test_02_a_second_identical_utterance_comes_out() -> None:
    last = json.loads(lines("twice")[-3]["got"])["segments"]
    assert [one["text"] for one in last] == [" No."], "the server completed it once only"
    assert completed(replay("twice")) == ["No.", "No."]


@pytest.mark.parametrize("name", ["ended", "story"])
def test_03_the_tail_is_promoted_on_close(name: str) -> None:
    events = replay(name)
    assert completed(events[:-1]) == [], "the server never completed it"
    last = [event for some in events for event in some if isinstance(event, SoFar)][-1]
    assert events[-1] == [Completed(last.segment)] if last.segment else False


def test_03_the_tail_is_promoted_when_time_is_up() -> None:
    events = replay("time_is_up")
    (at,) = [some for some in events if Disconnected() in some]
    assert [type(event) for event in at] == [Completed, Disconnected]


async def test_04_short_sound_is_padded_to_what_a_server_decodes(start_engine: StartEngine) -> None:
    short = say("no")[: SAMPLE_RATE // 2]
    async with scripted(typist()) as server:
        engine = await start_engine(server.url)
        transcript = await engine.open("hall").final(uttered(short))
    assert plain(transcript) == "hello there"
    (sound,) = server.sounds
    assert len(sound) == len(short) + TAIL_S * SAMPLE_RATE
    assert len(sound) >= SAMPLE_RATE


async def test_05_a_slow_server_never_holds_so_much_that_it_drops_some(
    start_engine: StartEngine,
) -> None:
    freed = asyncio.Event()

    async def slow(client: Client) -> None:
        await client.ready()
        while await client.sound() is not None:
            await freed.wait()
            await client.write(RAIN)

    long = uttered(say(" ".join([RAIN] * 4)))
    async with scripted(slow) as server:
        engine = await start_engine(server.url)
        stream = engine.open("hall")
        finals = [asyncio.create_task(stream.final(long)) for _ in range(6)]
        await server.until(lambda: len(server.sounds) >= 1)
        freed.set()
        heard = await asyncio.gather(*finals)
    assert {plain(transcript) for transcript in heard} == {RAIN}
    held = [sum(len(sound) for _, sound in client.sounds) for client in server.asked]
    assert max(held) < 45 * SAMPLE_RATE, "from there on a server drops the oldest 30 s"


async def test_06_a_language_it_is_not_sure_of_is_asked_for_by_name(
    start_engine: StartEngine,
) -> None:
    async def unsure(client: Client) -> None:
        await client.ready()
        while await client.sound() is not None:
            if client.hello["language"] is not None:
                await client.write("guten morgen")

    clock = ManualClock()
    async with scripted(unsure) as server:
        engine = await start_engine(server.url, clock=clock, language=None, fallback_language="de")
        final = asyncio.create_task(engine.open("hall").final(uttered(say(RAIN))))
        await server.until(lambda: len(server.sounds) == 1)
        await clock.advance(6.0)
        transcript = await final
    assert [client.hello["language"] for client in server.asked] == [None, "de"]
    assert plain(transcript) == "guten morgen"
    assert transcript.language == "de"


async def test_07_a_server_that_answers_pings_but_writes_nothing_is_frozen(
    start_engine: StartEngine,
) -> None:
    clock = ManualClock()
    async with scripted(mute) as server:
        engine = await start_engine(server.url, clock=clock)
        began_s = clock.monotonic()
        final = asyncio.create_task(engine.open("hall").final(uttered(say(RAIN))))
        await server.until(lambda: len(server.sounds) == 1)
        await clock.advance(6.0)
        await server.until(lambda: len(server.sounds) == 2)
        await clock.advance(FROZEN_S - 6.0)
        with pytest.raises(EngineAway, match="does not write any more"):
            await final
        assert clock.monotonic() - began_s <= 15.0
        (quality,) = engine.servers()
    assert quality.state is ServerState.FROZEN
    assert quality.dropped_s > 0
    assert not engine.ready


async def test_08_a_normal_close_before_it_is_ready_is_a_failure(start_engine: StartEngine) -> None:
    async def no_model(client: Client) -> None:
        await client.connection.close()

    async with scripted(no_model) as server:
        engine = await start_engine(server.url)
        with pytest.raises(EngineRefused, match=r"asr\.model"):
            await engine.open("hall").final(uttered(say(RAIN)))
        assert engine.servers()[0].state is ServerState.REFUSED


async def test_09_nobody_holds_a_place_without_work(start_engine: StartEngine) -> None:
    async with scripted(typist()) as server:
        engine = await start_engine(server.url)
        await engine.open("hall").final(uttered(say(RAIN)))
        await server.until(lambda: all(client.ended for client in server.asked))
        assert len(server.asked) == 1


async def test_10_big_messages_and_late_pongs_end_nothing(start_engine: StartEngine) -> None:
    async def wordy(client: Client) -> None:
        await client.ready()
        await client.sound()
        old = [segment(f"{n} " * 500, n, n + 1, completed=True) for n in range(-60, -20)]
        assert len(json.dumps(old)) > 1 << 20
        await client.say(segments=[*old, segment("hello", 0.3, 1.0)])
        await client.sound()

    async with scripted(wordy) as server:
        engine = await start_engine(server.url)
        assert plain(await engine.open("hall").final(uttered(say(RAIN)))) == "hello"
        connection = await reach(server.url, WhisperLiveConfig(urls=(server.url,)), None)
        assert (connection.ping_timeout or 0) >= 60
        await connection.close()


@pytest.mark.parametrize("samples", [1, 159, 16_001, 300_000])
def test_11_no_message_ends_within_a_sample(samples: int) -> None:
    protocol = Protocol("me", WhisperLiveConfig(urls=("ws://server",)), language="en")
    protocol.receive('{"uid": "me", "message": "SERVER_READY", "backend": "x"}')
    frames = protocol.frames(say(RAIN).repeat(8)[:samples])
    assert [len(frame) % 4 for frame in frames] == [0] * len(frames)
    assert sum(map(len, frames)) == 4 * samples


async def test_12_times_hold_after_a_lost_connection(start_engine: StartEngine) -> None:
    async def cut_off_once(client: Client) -> None:
        if client is server.asked[0]:
            await client.ready()
            await client.sound()
            await client.connection.close()
        else:
            await typist(lambda _client: RAIN)(client)

    async with scripted(cut_off_once) as server:
        engine = await start_engine(server.url)
        stream = engine.open("hall")
        lost_once = await stream.final(uttered(say(RAIN)))
        smooth = await stream.final(uttered(say(RAIN)))
    assert len(server.asked) == 3
    assert lost_once.words == smooth.words
    assert lost_once.words[0].start_s == pytest.approx(PAD_S, abs=0.1)


async def test_12_times_hold_on_a_connection_that_was_used_before(
    start_engine: StartEngine,
) -> None:
    loaded = asyncio.Event()

    async def loads_a_model(client: Client) -> None:
        await loaded.wait()
        await typist(lambda _client: RAIN)(client)

    clock = ManualClock()
    async with scripted(loads_a_model) as server:
        engine = await start_engine(server.url, clock=clock)
        stream = engine.open("hall")
        final = asyncio.create_task(stream.final(uttered(say(RAIN))))
        await server.until(lambda: len(server.asked) == 1)
        await clock.advance(2.0)
        loaded.set()
        first = await final
        await until(lambda: engine._pool.servers[0].places.kept != [])
        second = await stream.final(uttered(say(RAIN), number=2))
    assert len(server.asked) == 1, "it was worth keeping"
    (start_s, _), (again_s, _) = server.asked[0].sounds
    assert again_s > start_s + 2.0
    times = [[(word.start_s, word.end_s) for word in heard.words] for heard in (first, second)]
    assert np.allclose(times[0], times[1], atol=0.002), "to the millisecond that servers tell"


def test_13_only_settled_text_is_completed() -> None:
    events = [event for some in replay("story") for event in some]
    guesses = {event.segment.text for event in events if isinstance(event, SoFar) and event.segment}
    assert len(guesses) > 6, "its last words were revised again and again"
    (text,) = completed(replay("story"))
    assert text.endswith("helped us to clean up.")


async def test_14_lost_completions_are_asked_for_again(start_engine: StartEngine) -> None:
    async def hasty(client: Client) -> None:
        await client.ready()
        if await client.sound() is None:
            return
        last = [segment(f"part {n}", n / 4, n / 4 + 0.2, completed=True) for n in (3, 4)]
        whole = segment("all of it", 0.3, 2.0)
        await client.say(segments=last if client.number == 2 else [whole])
        await client.sound()

    async with scripted(hasty) as server:
        engine = await start_engine(server.url, send_last_n_segments=2)
        transcript = await engine.open("hall").final(uttered(say(RAIN)))
    assert plain(transcript) == "all of it"
    assert len(server.asked) == 2


def test_14_lost_completions_are_noticed() -> None:
    config = WhisperLiveConfig(urls=("ws://server",), send_last_n_segments=2)
    protocol = Protocol("me", config, language="en")
    protocol.receive('{"uid": "me", "message": "SERVER_READY", "backend": "x"}')
    for numbers, missed in ([1], False), ([1, 2], False), ([2, 3], False), ([5, 6], True):
        said = [segment(f"part {n}", n, n + 1, completed=True) for n in numbers]
        events = protocol.receive(json.dumps({"uid": "me", "segments": said}))
        assert (Missed() in events) is missed
