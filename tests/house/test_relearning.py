"""The encoder is changed: with a real store, the real encoder and a tiny one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.speakers.made import START, spoken
from tests.speakers.tiny import tiny
from tests.store.lines import room_print
from tests.support.clock import ManualClock
from wallflower.domain.voices import Sample, Voice
from wallflower.house.relearning import PART, Relearning
from wallflower.runtime.health import Health, HealthState, PartHealth
from wallflower.runtime.workers import Workers
from wallflower.speakers import Encoder
from wallflower.speakers.hindsight.repair import prints_of
from wallflower.store import Mending, Store

OLD = "ge2e-resemblyzer 0.1.4"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "wallflower.db", clock=ManualClock())
    yield store
    await store.close()


@pytest.fixture
def workers() -> Iterator[Workers]:
    workers = Workers("speakers")
    yield workers
    workers.close()


async def person(store: Store, name: str, *, samples: int) -> Voice:
    """Somebody the old encoder knows in two rooms."""
    voice = await store.voices.add(OLD, room_print(1))
    for number in range(samples):
        stream_id = ("hall", "kitchen")[number % 2]
        clip = Sample(stream_id, spoken("low", 2.0), 0.5, START)
        await store.voices.keep_sample(voice.id, clip)
    await store.people.rename(Mending(OLD, prints_of), voice.id, name)
    return voice


async def settled(
    store: Store, encoder: Encoder, workers: Workers, leaving: asyncio.Event | None = None
) -> list[PartHealth]:
    """Learn; what health said on the way."""
    told: list[PartHealth] = []
    health = Health(on_change=lambda part: told.append(health.parts()[part]))
    done = leaving or asyncio.Event()
    done.set()
    await Relearning(store.voices, encoder, workers, health).run_once(done)
    return told


async def test_people_are_known_to_the_new_encoder(
    store: Store, workers: Workers, tmp_path: Path
) -> None:
    new = await asyncio.to_thread(Encoder.load, tiny(tmp_path / "new", "kaldi-fbank"))
    anna = await person(store, "Anna", samples=3)
    bob = await person(store, "Bob", samples=1)
    told = await settled(store, new, workers)
    found = {voice.name: voice for voice in await store.voices.all(new.name)}
    assert found.keys() == {"Anna", "Bob"}
    assert [print_.stream_id for print_ in found["Anna"].prints] == ["hall", "kitchen"]
    assert all(print_.embedding.shape == (16,) for print_ in found["Anna"].prints)
    assert {anna.id, bob.id} == {voice.id for voice in found.values()}
    assert [part.code for part in told] == ["voices_relearning", "voices_relearning", None]
    assert told[0].detail is not None
    assert "2 voices are being learnt again for the encoder tiny kaldi-fbank 1" in told[0].detail
    assert told[-1] == PartHealth(PART, HealthState.OK)


async def test_what_the_old_encoder_knew_stays_for_its_return(
    store: Store, workers: Workers, tmp_path: Path
) -> None:
    new = await asyncio.to_thread(Encoder.load, tiny(tmp_path / "new", "waveform"))
    anna = await person(store, "Anna", samples=1)
    before = (await store.voices.all(OLD))[0].prints
    await settled(store, new, workers)
    (after,) = await store.voices.all(OLD)
    assert after.id == anna.id
    np.testing.assert_array_equal(after.prints[0].embedding, before[0].embedding)
    old = await asyncio.to_thread(Encoder.load)
    assert [part.state for part in await settled(store, old, workers)] == [HealthState.OK]


async def test_who_has_no_sample_waits_and_health_says_who(
    store: Store, workers: Workers, tmp_path: Path
) -> None:
    new = await asyncio.to_thread(Encoder.load, tiny(tmp_path / "new", "waveform"))
    for name in ("Anna", "Bob", "Carl", "Dora", "Emil"):
        await person(store, name, samples=0)
    await store.voices.add(OLD, room_print(2))
    last = (await settled(store, new, workers))[-1]
    assert (last.state, last.code) == (HealthState.DEGRADED, "voices_wait")
    assert last.detail is not None
    assert "and 2 more again" in last.detail
    assert await store.voices.all(new.name) == []
    assert len(await store.voices.all(OLD)) == 6


async def test_nothing_is_learnt_twice(store: Store, workers: Workers, tmp_path: Path) -> None:
    new = await asyncio.to_thread(Encoder.load, tiny(tmp_path / "new", "waveform"))
    await person(store, "Anna", samples=1)
    await settled(store, new, workers)
    told = await settled(store, new, workers)
    assert told == [PartHealth(PART, HealthState.OK)]


async def test_it_rests_until_the_house_closes(store: Store, workers: Workers) -> None:
    leaving, told = asyncio.Event(), asyncio.Event()
    health = Health(on_change=lambda _part: told.set())
    encoder = await asyncio.to_thread(Encoder.load)
    once = asyncio.create_task(
        Relearning(store.voices, encoder, workers, health).run_once(leaving), name="voices"
    )
    async with asyncio.timeout(30):
        await told.wait()
        assert health.parts()[PART].state is HealthState.OK
        assert not once.done()
        leaving.set()
        await once
