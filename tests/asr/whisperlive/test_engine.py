"""The engine against servers that do as they are told; the real one is in `test_real.py`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.asr.whisperlive.conftest import StartEngine
from tests.asr.whisperlive.scripted import (
    Behaviour,
    Client,
    Scripted,
    mute,
    scripted,
    segment,
    typist,
    until,
)
from tests.asr.whisperlive.speech import plain, say, uttered
from tests.support.clock import ManualClock
from tests.support.mosquitto import free_port
from wallflower.asr.contract import Engine
from wallflower.asr.whisperlive import WhisperLiveConfig, WhisperLiveEngine
from wallflower.asr.whisperlive.engine import Stream
from wallflower.asr.whisperlive.session import FROZEN_S, LONGEST_S, TAIL_S
from wallflower.domain.engine import ServerState
from wallflower.domain.errors import EngineAway, EngineBusy, EngineFailed, EngineRefused
from wallflower.domain.speech import Transcript
from wallflower.domain.times import SAMPLE_RATE
from wallflower.runtime.clock import SystemClock

RAIN = "please close the window before it rains"
HELLO = "hello there"


class Gate:
    """A server that writes only when it is let."""

    def __init__(self, text: str = HELLO) -> None:
        self.open = asyncio.Event()
        self._text = text

    async def __call__(self, client: Client) -> None:
        await client.ready()
        while await client.sound() is not None:
            await self.open.wait()
            await client.write(self._text)


def full(places: int, behaviour: Behaviour, *, minutes: float = 5.0) -> Behaviour:
    """`behaviour` for so many at once; the others are told to wait."""
    inside = 0

    async def door(client: Client) -> None:
        nonlocal inside
        if inside == places:
            await client.say(status="WAIT", message=minutes)
            return
        inside += 1
        try:
            await behaviour(client)
        finally:
            inside -= 1

    return door


async def test_it_is_an_engine_that_is_ready_while_a_server_is_there() -> None:
    async with scripted(typist()) as server:
        config = WhisperLiveConfig(urls=(server.url,), language="en")
        engine = WhisperLiveEngine(config, clock=SystemClock())
        contract: Engine = engine
        assert (contract.name, contract.ready, engine.servers()) == ("whisperlive", False, ())
        with pytest.raises(EngineAway, match="not in use"):
            await contract.open("hall").final(uttered(say(RAIN)))
        await contract.start()
        await contract.start()
        assert contract.ready
        assert engine.info().servers[0].state is ServerState.READY
        transcript = await contract.open("hall").final(uttered(say(RAIN)))
        assert transcript.engine == f"whisperlive:{server.name}"
        assert contract.backlog_s == 0.0
        await contract.close()
        assert not engine.ready
        with pytest.raises(EngineAway):
            await contract.open("hall").final(uttered(say(RAIN)))


async def test_only_its_own_tasks_end_with_it(start_engine: StartEngine) -> None:
    before = asyncio.all_tasks()
    async with scripted(mute) as server:
        engine = await start_engine(server.url)
        final = asyncio.create_task(engine.open("hall").final(uttered(say(RAIN))))
        await server.until(lambda: len(server.sounds) == 1)
        await engine.close()
        with pytest.raises(EngineFailed):
            await final
    await until(lambda: not {task for task in asyncio.all_tasks() - before if not task.done()})


async def test_no_connection_outlives_it(start_engine: StartEngine) -> None:
    async def run(here: Kept, loaded: asyncio.Event) -> None:
        await here.hear(1, loaded)
        # It waits for the server to be done with the utterance, and for the next one.
        (session,) = here.engine._pool.servers[0]._sessions
        await here.engine.close()
        assert session._reader.done()
        await here.server.until(lambda: here.server.asked[0].ended)

    async def never_done(client: Client) -> None:
        await client.ready()
        while await client.sound() is not None:
            await client.write(HELLO)

    await _on_kept(start_engine, run, never_done)


async def test_a_snapshot_after_which_nothing_was_said_is_the_final_text(
    start_engine: StartEngine,
) -> None:
    async with scripted(typist()) as server:
        engine = await start_engine(server.url)
        stream = engine.open("hall")
        ended = uttered(say(RAIN))
        snapshot = replace(ended, pcm=ended.pcm[:-1600], ended=False)
        partial = await stream.partial(snapshot)
        assert await stream.final(ended) == partial
        assert len(server.sounds) == 1, "the server was asked once"
        await stream.partial(replace(snapshot, number=2, speech_end_s=1.0))
        await stream.final(replace(ended, number=2))
        assert len(server.sounds) == 3, "more was said after this snapshot"


async def test_a_snapshot_still_on_its_way_is_waited_for(start_engine: StartEngine) -> None:
    gate = Gate()
    async with scripted(gate) as server:
        engine = await start_engine(server.url)
        stream = engine.open("hall")
        ended = uttered(say(RAIN))
        partial = asyncio.create_task(stream.partial(replace(ended, ended=False)))
        await server.until(lambda: len(server.sounds) == 1)
        final = asyncio.create_task(stream.final(ended))
        gate.open.set()
        assert plain(await final) == HELLO
        assert await partial == await final
        assert len(server.sounds) == 1


async def test_a_server_with_work_is_not_asked_for_snapshots(start_engine: StartEngine) -> None:
    gate = Gate()
    async with scripted(gate) as server:
        engine = await start_engine(server.url)
        final = asyncio.create_task(engine.open("hall").final(uttered(say(RAIN))))
        await server.until(lambda: len(server.sounds) == 1)
        snapshot = uttered(say(RAIN), "kitchen", ended=False)
        assert await engine.open("kitchen").partial(snapshot) is None
        gate.open.set()
        await final


async def test_finals_of_a_stream_keep_their_order(start_engine: StartEngine) -> None:
    async with scripted(typist()) as server:
        engine = await start_engine(server.url)
        stream = engine.open("hall")
        done: list[int] = []

        async def say_it(number: int) -> None:
            await stream.final(uttered(say(RAIN), number=number))
            done.append(number)

        await asyncio.gather(*(say_it(number) for number in range(1, 6)))
    assert done == [1, 2, 3, 4, 5]


async def test_a_lost_connection_costs_no_utterance(start_engine: StartEngine) -> None:
    async def dies_twice(client: Client) -> None:
        await client.ready()
        await client.sound()
        if len(server.asked) <= 2:
            client.connection.transport.abort()
        else:
            await client.write(RAIN)
            await client.sound()

    async with scripted(dies_twice) as server:
        engine = await start_engine(server.url)
        assert plain(await engine.open("hall").final(uttered(say(RAIN)))) == RAIN
        assert len(server.asked) == 3
        assert {len(sound) for sound in server.sounds} == {len(say(RAIN)) + TAIL_S * SAMPLE_RATE}
        (quality,) = engine.servers()
        assert quality.dropped_s == pytest.approx(2 * len(say(RAIN)) / SAMPLE_RATE)


async def test_another_server_takes_over(start_engine: StartEngine) -> None:
    async def dies(client: Client) -> None:
        await client.ready()
        await client.sound()
        broken.close(close_connections=True)

    async with scripted(dies) as one, scripted(typist()) as other:
        broken = one.listening
        engine = await start_engine(one.url, other.url)
        heard = [await engine.open("hall").final(uttered(say(RAIN))) for _ in range(3)]
        assert {transcript.engine for transcript in heard} == {f"whisperlive:{other.name}"}
        await until(lambda: engine.servers()[0].state is ServerState.AWAY)
        assert engine.ready


async def test_a_server_that_refuses_is_no_reason_not_to_ask_another(
    start_engine: StartEngine,
) -> None:
    async def no_model(client: Client) -> None:
        await client.connection.close()

    async with scripted(no_model) as one, scripted(typist()) as other:
        engine = await start_engine(one.url, other.url)
        transcript = await engine.open("hall").final(uttered(say(RAIN)))
        assert transcript.engine == f"whisperlive:{other.name}"
        assert engine.servers()[0].state is ServerState.REFUSED


async def test_a_server_that_dies_while_it_gets_ready_is_away_not_unwilling(
    start_engine: StartEngine,
) -> None:
    async def dies(client: Client) -> None:
        client.connection.transport.abort()

    async with scripted(dies) as server:
        engine = await start_engine(server.url, clock=ManualClock())
        with pytest.raises(EngineAway, match="before it was ready"):
            await engine.open("hall").final(uttered(say(RAIN)))
        assert engine.servers()[0].state is ServerState.AWAY


async def test_one_who_comes_during_a_look_is_looked_at_again(start_engine: StartEngine) -> None:
    clock, door = ManualClock(), asyncio.Event()
    behaviour: list[Behaviour] = [mute]

    async def sometimes(client: Client) -> None:
        if behaviour[0] is mute:
            await door.wait()
            await client.connection.close()
        else:
            await behaviour[0](client)

    async with scripted(sometimes) as server:
        engine = await start_engine(server.url, clock=clock)
        final = asyncio.create_task(engine.open("hall").final(uttered(say(RAIN))))
        await server.until(lambda: len(server.asked) == 1)
        door.set()
        with pytest.raises(EngineRefused):
            await final
        door.clear()
        await clock.advance(1.0)
        await server.until(lambda: len(server.asked) == 2)
        engine.look()
        behaviour[0] = typist()
        door.set()
        # No time goes by: it is not the next look by plan that finds it.
        await until(lambda: engine.ready)


async def test_when_none_can_be_reached_it_says_so_at_once(start_engine: StartEngine) -> None:
    engine = await start_engine(f"ws://127.0.0.1:{free_port()}", clock=ManualClock())
    assert not engine.ready
    with pytest.raises(EngineAway, match="cannot be reached"):
        await engine.open("hall").final(uttered(say(RAIN)))


async def test_it_comes_back_by_itself_once_it_proved_that_it_writes(
    start_engine: StartEngine,
) -> None:
    changes: list[ServerState] = []
    clock = ManualClock()
    behaviour: list[Behaviour] = [mute]

    async def sometimes(client: Client) -> None:
        await behaviour[0](client)

    async with scripted(sometimes) as server:
        engine = await start_engine(server.url, clock=clock)
        engine._on_change = lambda: changes.append(engine.servers()[0].state)
        final = asyncio.create_task(engine.open("hall").final(uttered(say(RAIN))))
        await server.until(lambda: len(server.sounds) == 1)
        await clock.advance(6.0)
        await server.until(lambda: len(server.sounds) == 2)
        await clock.advance(FROZEN_S)
        with pytest.raises(EngineAway):
            await final
        behaviour[0] = typist()
        sounds = len(server.sounds)
        while not engine.ready:
            # The next look is due after a delay with jitter.
            await clock.advance(0.5)
        assert len(server.sounds) > sounds, "it was asked for words, not for pongs"
        assert plain(await engine.open("hall").final(uttered(say(RAIN)))) == HELLO
        (quality,) = engine.servers()
        assert quality.reconnects == 1
        assert quality.lag_s == 0.0, "the seconds it took to prove itself are no lag"
    assert changes == [ServerState.FROZEN, ServerState.READY]


async def test_without_words_in_time_it_says_so_and_keeps_counting(
    start_engine: StartEngine,
) -> None:
    gate, clock = Gate(), ManualClock()
    async with scripted(gate) as server:
        engine = await start_engine(server.url, clock=clock, patience_s=3.0)
        final = asyncio.create_task(engine.open("hall").final(uttered(say(RAIN))))
        await server.until(lambda: len(server.sounds) == 1)
        assert engine.servers()[0].outstanding_s == uttered(say(RAIN)).duration_s
        await clock.advance(3.0)
        with pytest.raises(EngineBusy, match="within 3 s"):
            await final
        gate.open.set()
        await until(lambda: engine.servers()[0].lag_s is not None)
        (quality,) = engine.servers()
        assert quality.lag_s == pytest.approx(3.0)
        assert quality.outstanding_s == 0.0


async def test_a_server_that_is_behind_is_spared_at_once(start_engine: StartEngine) -> None:
    gate, clock = Gate(), ManualClock()
    async with scripted(gate) as server:
        engine = await start_engine(server.url, clock=clock, patience_s=5.0)
        slow = asyncio.create_task(engine.open("hall").final(uttered(say(RAIN))))
        await server.until(lambda: len(server.sounds) == 1)
        await clock.advance(4.0)
        gate.open.set()
        await slow
        gate.open.clear()
        waiting = asyncio.create_task(engine.open("hall").final(uttered(say(RAIN))))
        await server.until(lambda: len(server.asked) == 2)
        with pytest.raises(EngineBusy, match="behind"):
            await engine.open("kitchen").final(uttered(say(RAIN), "kitchen"))
        assert len(server.asked) == 2
        gate.open.set()
        await waiting


async def test_places_go_to_who_talked_first(start_engine: StartEngine) -> None:
    gate = Gate()
    async with scripted(gate) as server:
        engine = await start_engine(server.url, max_clients=1)
        done: list[str] = []

        async def talk(name: str) -> None:
            await engine.open(name).final(uttered(say(RAIN), name))
            done.append(name)

        talking = []
        for name in ("hall", "kitchen", "yard", "study"):
            talking.append(asyncio.create_task(talk(name)))
            await server.until(lambda: len(server.asked) == 1)
        gate.open.set()
        await asyncio.gather(*talking)
        assert done == ["hall", "kitchen", "yard", "study"]
        assert engine.servers()[0].slots == 1


async def test_places_are_learnt_from_being_refused_one(start_engine: StartEngine) -> None:
    gate = Gate()
    async with scripted(full(2, gate)) as server:
        engine = await start_engine(server.url)
        talking = [
            asyncio.create_task(engine.open(name).final(uttered(say(RAIN), name)))
            for name in ("hall", "kitchen", "yard")
        ]
        await server.until(lambda: len(server.asked) == 3 and len(server.sounds) == 2)
        await until(lambda: engine.servers()[0].slots == 2)
        assert engine.servers()[0].state is ServerState.READY, "not full for us"
        gate.open.set()
        assert {plain(transcript) for transcript in await asyncio.gather(*talking)} == {HELLO}
        assert len(server.asked) == 4


async def test_a_server_that_says_wait_is_left_alone_for_so_long(
    start_engine: StartEngine,
) -> None:
    clock = ManualClock()
    places = [0]

    async def door(client: Client) -> None:
        await full(places[0], typist(), minutes=0.5)(client)

    async with scripted(door) as server:
        engine = await start_engine(server.url, clock=clock, patience_s=5.0)
        stream = engine.open("hall")
        for _ in range(3):
            with pytest.raises(EngineBusy, match="taken"):
                await stream.final(uttered(say(RAIN)))
        assert len(server.asked) == 1, "it was asked once in all"
        assert engine.servers()[0].state is ServerState.FULL
        places[0] = 1
        await clock.advance(30.0)
        assert plain(await stream.final(uttered(say(RAIN)))) == HELLO


async def test_who_stops_waiting_takes_no_place(start_engine: StartEngine) -> None:
    gate = Gate()
    async with scripted(gate) as server:
        engine = await start_engine(server.url, max_clients=1)
        first = asyncio.create_task(engine.open("hall").final(uttered(say(RAIN))))
        await server.until(lambda: len(server.sounds) == 1)
        second = asyncio.create_task(engine.open("yard").final(uttered(say(RAIN), "yard")))
        await until(lambda: len(engine._pool._waiting) == 1)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        gate.open.set()
        await first
        assert plain(await engine.open("yard").final(uttered(say(RAIN), "yard"))) == HELLO
        await until(lambda: engine.servers()[0].connections == 0)


async def test_hints_and_settings_become_hotwords(start_engine: StartEngine) -> None:
    async with scripted(typist()) as server:
        engine = await start_engine(server.url, hotwords=("Wallflower",))
        engine.hint(["Anna", "help"])
        await engine.open("hall").final(uttered(say(RAIN)))
    assert server.asked[0].hello["hotwords"] == "Wallflower, Anna, help"


async def test_a_translation_is_the_text_where_one_is_asked_for(start_engine: StartEngine) -> None:
    async def translator(client: Client) -> None:
        await client.ready()
        if await client.sound() is None:
            return
        await client.write(HELLO)
        await client.write(HELLO, completed=True)
        german = segment("guten tag", 0.3, 1.0, completed=True, words=False)
        await client.say(translated_segments=[german])
        await client.sound()

    async with scripted(translator) as server:
        engine = await start_engine(server.url, translate_to="de")
        transcript = await engine.open("hall").final(uttered(say(RAIN)))
    assert plain(transcript) == "guten tag"
    assert transcript.words[0].end_s == transcript.words[1].start_s, "spread over the segment"


async def test_the_language_a_server_finds_is_the_transcripts(start_engine: StartEngine) -> None:
    async def finds(client: Client) -> None:
        await client.ready()
        while await client.sound() is not None:
            await client.say(language="fr", language_prob=0.9)
            await client.write("bonjour")

    async with scripted(finds) as server:
        engine = await start_engine(server.url, language=None)
        transcript = await engine.open("hall").final(uttered(say(RAIN)))
    assert (transcript.language, plain(transcript)) == ("fr", "bonjour")


async def test_a_found_language_is_kept_for_who_spoke_it_and_not_for_long(
    start_engine: StartEngine,
) -> None:
    async def finds(client: Client) -> None:
        await client.ready()
        while await client.sound() is not None:
            await client.say(language="fr", language_prob=0.9)
            await client.write("bonjour")
            await client.write("bonjour", completed=True)

    async def run(here: Kept, loaded: asyncio.Event) -> None:
        hall, attic = here.engine.open("hall"), here.engine.open("attic")
        await here.hear(1, loaded, hall)
        await here.kept()
        await hall.final(uttered(say(RAIN), number=2))
        await here.kept()
        assert [len(client.sounds) for client in here.server.asked] == [2], "it speaks French"
        await here.hear(1, loaded, attic)
        assert [len(client.sounds) for client in here.server.asked] == [2, 1], "who knows"
        for _ in range(3):
            await here.kept()
            await here.clock.advance(20.0)
            await attic.final(uttered(say(RAIN), number=2))
        assert [len(client.sounds) for client in here.server.asked] == [2, 3, 1]

    await _on_kept(start_engine, run, finds, language=None, connection_s=500.0)


async def test_what_is_no_whisperlive_is_refused(start_engine: StartEngine) -> None:
    async def chat(client: Client) -> None:
        await client.connection.send("Welcome to the chat!")
        await client.sound()

    async with scripted(chat) as server:
        engine = await start_engine(server.url)
        with pytest.raises(EngineRefused, match="no WhisperLive server"):
            await engine.open("hall").final(uttered(say(RAIN)))
        assert engine.servers()[0].state is ServerState.REFUSED


async def test_a_servers_own_error_is_told(start_engine: StartEngine) -> None:
    async def breaks(client: Client) -> None:
        await client.say(status="ERROR", message="Failed to load model: huge")

    async with scripted(breaks) as server:
        engine = await start_engine(server.url)
        with pytest.raises(EngineRefused, match="Failed to load model: huge"):
            await engine.open("hall").final(uttered(say(RAIN)))


async def test_a_warning_is_no_failure(
    start_engine: StartEngine, caplog: pytest.LogCaptureFixture
) -> None:
    async def warns(client: Client) -> None:
        await client.say(status="WARNING", message="Reverting to faster_whisper")
        await typist()(client)

    async with scripted(warns) as server:
        engine = await start_engine(server.url)
        assert plain(await engine.open("hall").final(uttered(say(RAIN)))) == HELLO
    assert "Reverting to faster_whisper" in caplog.text


async def test_what_is_too_long_for_one_message_is_left_to_others(
    start_engine: StartEngine,
) -> None:
    async with scripted(typist()) as server:
        engine = await start_engine(server.url)
        long = uttered(say(RAIN).repeat(int(LONGEST_S)))
        with pytest.raises(EngineFailed, match="at most"):
            await engine.open("hall").final(long)
        assert await engine.open("hall").partial(replace(long, ended=False)) is None
        assert engine.servers()[0].connections == 0


class Kept:
    """An engine whose server loads a model for each connection, which takes two seconds."""

    def __init__(self, server: Scripted, engine: WhisperLiveEngine, clock: ManualClock) -> None:
        self.server = server
        self.engine = engine
        self.clock = clock

    async def hear(
        self, number: int, loaded: asyncio.Event, stream: Stream | None = None
    ) -> Transcript:
        """An utterance over a new connection."""
        loaded.clear()
        count = len(self.server.asked)
        stream = stream or self.engine.open("hall")
        final = asyncio.create_task(stream.final(uttered(say(RAIN), number=number)))
        await self.server.until(lambda: len(self.server.asked) == count + 1)
        await self.clock.advance(2.0)
        loaded.set()
        return await final

    async def kept(self) -> None:
        """Wait until a connection is kept for the next utterance."""
        await until(lambda: bool(self.engine._pool.servers[0].places.kept))

    @property
    def connections(self) -> int:
        return self.engine.servers()[0].connections


KeptTest = Callable[[Kept, asyncio.Event], Awaitable[None]]


async def _on_kept(
    start_engine: StartEngine, test: KeptTest, behaviour: Behaviour, **config: Any
) -> None:
    loaded, clock = asyncio.Event(), ManualClock()

    async def loads(client: Client) -> None:
        await loaded.wait()
        await behaviour(client)

    async with scripted(loads) as server:
        engine = await start_engine(server.url, clock=clock, **{"connection_s": 20.0, **config})
        await test(Kept(server, engine, clock), loaded)


async def test_a_kept_connection_without_work_gives_its_place_back(
    start_engine: StartEngine,
) -> None:
    async def run(here: Kept, loaded: asyncio.Event) -> None:
        await here.hear(1, loaded)
        await here.kept()
        assert here.connections == 1
        await here.clock.advance(31.0)
        await until(lambda: here.connections == 0)
        assert here.server.asked[0].ended

    await _on_kept(start_engine, run, typist())


async def test_a_kept_connection_is_renewed_between_utterances_before_its_time_is_up(
    start_engine: StartEngine,
) -> None:
    async def run(here: Kept, loaded: asyncio.Event) -> None:
        await here.hear(1, loaded)
        await here.kept()
        await here.clock.advance(20.0)
        assert plain(await here.hear(2, loaded)) == HELLO
        old, new = here.server.asked
        assert old.ended
        assert len(old.sounds) == len(new.sounds) == 1

    await _on_kept(start_engine, run, typist())


async def test_an_utterance_whose_connection_is_ended_by_the_server_is_asked_for_again(
    start_engine: StartEngine,
) -> None:
    async def overtime(client: Client) -> None:
        await client.ready()
        await client.sound()
        await client.write(HELLO)
        await client.write(HELLO, completed=True)
        if await client.sound() is not None:
            await client.say(message="DISCONNECT")

    async def run(here: Kept, loaded: asyncio.Event) -> None:
        await here.hear(1, loaded)
        await here.kept()
        assert plain(await here.hear(2, loaded)) == HELLO
        old, new = here.server.asked
        assert (len(old.sounds), len(new.sounds)) == (2, 1)
        assert here.engine.servers()[0].state is ServerState.READY

    await _on_kept(start_engine, run, overtime)


async def test_a_connection_with_a_rest_of_the_last_utterance_is_not_used_again(
    start_engine: StartEngine,
) -> None:
    async def never_done(client: Client) -> None:
        await client.ready()
        while await client.sound() is not None:
            await client.write(HELLO)

    async def run(here: Kept, loaded: asyncio.Event) -> None:
        await here.hear(1, loaded)
        await here.clock.advance(3.0)
        await until(lambda: here.connections == 0)
        await here.hear(2, loaded)
        assert [len(client.sounds) for client in here.server.asked] == [1, 1]

    await _on_kept(start_engine, run, never_done)


async def test_silent_text_of_a_probe_is_never_an_utterances(start_engine: StartEngine) -> None:
    async def hears_probes_only(client: Client) -> None:
        await client.ready()
        await client.sound()
        await client.sound()
        await client.write("good morning everybody")
        await client.sound()

    clock = ManualClock()
    async with scripted(hears_probes_only) as server:
        engine = await start_engine(server.url, clock=clock)
        final = asyncio.create_task(engine.open("hall").final(uttered(say(RAIN))))
        await server.until(lambda: len(server.sounds) == 1)
        await clock.advance(6.0)
        assert (await final).words == ()
        assert engine.servers()[0].state is ServerState.READY


async def test_text_that_comes_with_the_probes_is_told_apart(start_engine: StartEngine) -> None:
    async def late(client: Client) -> None:
        await client.ready()
        await client.sound()
        await client.sound()
        (first_s, _), (probe_s, _) = client.sounds
        mine = segment(RAIN, first_s + 0.3, first_s + 2.0)
        probe = segment("good morning everybody", probe_s + 1.2, probe_s + 2.4)
        across = {**mine, "end": probe["end"], "words": mine["words"] + probe["words"]}
        await client.say(segments=[across])
        await client.sound()

    clock = ManualClock()
    async with scripted(late) as server:
        engine = await start_engine(server.url, clock=clock)
        final = asyncio.create_task(engine.open("hall").final(uttered(say(RAIN))))
        await server.until(lambda: len(server.sounds) == 1)
        await clock.advance(6.0)
        assert plain(await final) == RAIN


async def test_the_opening_message_is_whole(start_engine: StartEngine) -> None:
    async with scripted(typist()) as server:
        engine = await start_engine(server.url, vad_parameters={"threshold": 0.4})
        await engine.open("hall").final(uttered(say(RAIN)))
    hello = server.asked[0].hello
    assert json.loads(json.dumps(hello)) == hello
    assert {"uid", "language", "task", "model", "use_vad"} <= set(hello)
