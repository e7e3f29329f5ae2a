from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support.clock import settle
from wallflower.asr.contract import Engine
from wallflower.asr.embedded import EmbeddedEngine
from wallflower.asr.embedded.weights import Weights
from wallflower.domain.errors import BadSettings, EngineFailed, ModelMissing
from wallflower.domain.speech import Pcm, Transcript, Utterance
from wallflower.domain.times import SAMPLE_RATE, WallTime

Say = Callable[..., Pcm]
START = WallTime.from_iso("2026-01-01T12:00:00Z")
TEXT = "please close the window before it rains"


def uttered(pcm: Pcm, stream_id: str = "hall", number: int = 1, *, ended: bool = True) -> Utterance:
    end_s = len(pcm) / SAMPLE_RATE
    return Utterance(stream_id, number, pcm, START, 0.1, end_s - 0.1, ended=ended)


def plain(transcript: Transcript | None) -> str:
    assert transcript is not None
    return transcript.text.lower().replace(",", "").rstrip(".")


@pytest.fixture
async def engine(
    tmp_path: Path, weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[EmbeddedEngine]:
    """Started, on the weights that all tests share."""
    monkeypatch.setattr("wallflower.asr.embedded.engine.load", lambda _folder, **_: weights)
    engine = EmbeddedEngine(data=tmp_path, language="en")
    await engine.start()
    yield engine
    await engine.close()


async def test_it_is_an_engine_that_names_its_model(tmp_path: Path) -> None:
    contract: Engine = EmbeddedEngine(data=tmp_path)
    assert contract.name == "embedded"
    await contract.start()
    assert contract.ready
    assert contract.name == "embedded:tiny.en"
    assert contract.backlog_s == 0.0
    await contract.start()
    assert contract.ready, "starting twice is harmless"
    await contract.close()


async def test_many_streams_at_once_each_get_their_own_words(
    engine: EmbeddedEngine, say: Say
) -> None:
    texts = {
        "hall": TEXT,
        "kitchen": "the kettle is on the stove and it is boiling",
        "yard": "there is a car in front of the house",
    }
    heard = await asyncio.gather(
        *(
            engine.open(stream_id).final(uttered(say(text), stream_id))
            for stream_id, text in texts.items()
        )
    )
    assert [plain(transcript) for transcript in heard] == list(texts.values())
    assert {transcript.engine for transcript in heard} == {"embedded:tiny.en"}
    assert engine.backlog_s == 0.0


async def test_a_stream_is_answered_in_order(engine: EmbeddedEngine, say: Say) -> None:
    stream = engine.open("hall")
    answered: list[int] = []

    async def ask(number: int, pcm: Pcm) -> None:
        await stream.final(uttered(pcm, number=number))
        answered.append(number)

    long = np.concatenate([say(TEXT)] * 3)
    await asyncio.gather(ask(1, long), ask(2, say("good night")), ask(3, say("thank you")))
    assert answered == [1, 2, 3]


async def test_the_guess_of_a_pause_is_the_final_text(engine: EmbeddedEngine, say: Say) -> None:
    stream = engine.open("hall")
    snapshot = uttered(say(TEXT), ended=False)
    longer = np.pad(snapshot.pcm, (0, SAMPLE_RATE // 4))
    guess = await stream.partial(snapshot)
    final = await stream.final(replace(snapshot, pcm=longer, ended=True))
    assert plain(final) == TEXT
    assert final == guess
    assert engine.decodes == 1


async def test_a_final_waits_for_the_guess_that_is_being_decoded(
    engine: EmbeddedEngine, say: Say
) -> None:
    stream = engine.open("hall")
    snapshot = uttered(say(TEXT), ended=False)
    guess = asyncio.create_task(stream.partial(snapshot))
    await settle()
    assert engine.busy
    guess.cancel()
    assert plain(await stream.final(replace(snapshot, ended=True))) == TEXT
    assert engine.decodes == 1


async def test_a_guess_is_not_used_when_more_was_said(engine: EmbeddedEngine, say: Say) -> None:
    stream = engine.open("hall")
    await stream.partial(uttered(say(TEXT), ended=False))
    more = np.concatenate([say(TEXT), say("good night everybody")])
    final = await stream.final(uttered(more))
    assert plain(final).endswith("good night everybody")
    assert engine.decodes == 2


async def test_a_guess_of_another_utterance_is_not_used(engine: EmbeddedEngine, say: Say) -> None:
    stream = engine.open("hall")
    await stream.partial(uttered(say(TEXT), number=1, ended=False))
    assert plain(await stream.final(uttered(say(TEXT), number=2))) == TEXT
    assert engine.decodes == 2


async def test_newer_snapshots_and_finals_overtake_waiting_ones(
    engine: EmbeddedEngine, say: Say
) -> None:
    stream = engine.open("hall")
    snapshot = uttered(say(TEXT), ended=False)
    old, new, final = await asyncio.gather(
        stream.partial(snapshot),
        stream.partial(snapshot),
        stream.final(replace(snapshot, ended=True)),
    )
    assert (old, new) == (None, None)
    assert plain(final) == TEXT
    assert engine.decodes == 1


async def test_there_are_no_partials_while_ended_speech_waits(
    engine: EmbeddedEngine, say: Say
) -> None:
    waiting = [
        asyncio.create_task(engine.open(f"s{number}").final(uttered(say(TEXT), f"s{number}")))
        for number in range(4)
    ]
    await asyncio.sleep(0)
    assert await engine.open("hall").partial(uttered(say(TEXT), ended=False)) is None
    await asyncio.gather(*waiting)
    assert plain(await engine.open("hall").partial(uttered(say(TEXT), ended=False))) == TEXT


async def test_the_loop_goes_on_while_it_decodes(engine: EmbeddedEngine, say: Say) -> None:
    work = asyncio.gather(
        *(engine.open(f"s{number}").final(uttered(say(TEXT), f"s{number}")) for number in range(6))
    )
    turns = 0
    while not work.done():
        await asyncio.sleep(0.001)
        turns += 1
    await work
    assert turns > 20


@pytest.mark.alone
async def test_closing_while_busy_is_quick_and_fails_what_waits(
    engine: EmbeddedEngine, say: Say
) -> None:
    long = np.concatenate([say(TEXT)] * 8)
    waiting = [
        asyncio.create_task(engine.open(f"s{number}").final(uttered(long, f"s{number}")))
        for number in range(24)
    ]
    await settle()
    assert engine.busy
    assert engine.backlog_s > 60.0
    began = time.monotonic()
    await engine.close()
    assert time.monotonic() - began < 5.0
    for task in waiting:
        with pytest.raises(EngineFailed, match="stopped"):
            await task
    assert not engine.ready
    with pytest.raises(EngineFailed, match="not running"):
        await engine.open("hall").final(uttered(say(TEXT)))


async def test_a_closed_stream_is_no_longer_waited_for(engine: EmbeddedEngine, say: Say) -> None:
    stream = engine.open("hall")
    asked = asyncio.create_task(stream.final(uttered(say(TEXT))))
    await asyncio.sleep(0)
    await stream.close()
    with pytest.raises(EngineFailed, match="stopped"):
        await asked


async def test_an_engine_that_was_not_started_says_so(tmp_path: Path, say: Say) -> None:
    engine = EmbeddedEngine(data=tmp_path)
    stream = engine.open("hall")
    assert not engine.ready
    assert await stream.partial(uttered(say(TEXT), ended=False)) is None
    with pytest.raises(EngineFailed, match="not running"):
        await stream.final(uttered(say(TEXT)))
    await engine.close()


async def test_what_start_cannot_have_it_names(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="There is no folder"):
        await EmbeddedEngine(tmp_path / "nowhere", data=tmp_path).start()
    with pytest.raises(BadSettings, match="only writes English"):
        await EmbeddedEngine("tiny.en", data=tmp_path, language="de").start()
