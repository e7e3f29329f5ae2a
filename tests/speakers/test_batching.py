from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import numpy as np
import pytest

from tests.speakers.made import spoken
from wallflower.domain.speech import Pcm
from wallflower.runtime.workers import Workers
from wallflower.speakers import Encoder
from wallflower.speakers.batching import MOST, Batching
from wallflower.speakers.encoder import Embeddings
from wallflower.speakers.manifest import Bundle


class Watched(Encoder):
    """The real encoder; notes the size of each batch, and works only while `gate` is open."""

    def __init__(self, real: Encoder) -> None:
        super().__init__(Bundle(real._manifest, b"", real.calibration), real._session)
        self._loop = asyncio.get_running_loop()
        self.working = asyncio.Event()
        self.gate = threading.Event()
        self.batches: list[int] = []

    def embed(self, windows: Sequence[Pcm]) -> Embeddings:
        self.batches.append(len(windows))
        self._loop.call_soon_threadsafe(self.working.set)
        assert self.gate.wait(10)
        return super().embed(windows)


def windows(count: int, voice: str = "low") -> list[Pcm]:
    sound = spoken(voice, 1.0 + 0.1 * count)
    return [sound[at * 1600 :][:16_000] for at in range(count)]


async def test_what_arrives_meanwhile_shares_the_next_batch(
    encoder: Encoder, workers: Workers
) -> None:
    watched = Watched(encoder)
    batching = Batching(watched, workers)
    asked = [windows(3), windows(2, "high"), windows(4, "middle")]
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(batching.embed(asked[0]))
        await watched.working.wait()
        others = [tasks.create_task(batching.embed(each)) for each in asked[1:]]
        await asyncio.sleep(0)
        watched.gate.set()
    assert watched.batches == [3, 6]
    for each, task in zip(asked, [first, *others], strict=True):
        np.testing.assert_allclose(task.result(), encoder.embed(each), atol=0.02)


async def test_a_batch_has_a_limit_and_a_long_request_still_passes(
    encoder: Encoder, workers: Workers
) -> None:
    watched = Watched(encoder)
    batching = Batching(watched, workers)
    long = windows(1) * (MOST + 6)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(batching.embed(windows(1)))
        await watched.working.wait()
        task = tasks.create_task(batching.embed(long))
        tasks.create_task(batching.embed(windows(2)))
        await asyncio.sleep(0)
        watched.gate.set()
    assert watched.batches == [1, MOST + 6, 2]
    assert task.result().shape == (MOST + 6, 256)


async def test_a_cancelled_request_takes_no_other_with_it(
    encoder: Encoder, workers: Workers
) -> None:
    watched = Watched(encoder)
    batching = Batching(watched, workers)
    first = asyncio.create_task(batching.embed(windows(1)))
    await watched.working.wait()
    second = asyncio.create_task(batching.embed(windows(2)))
    await asyncio.sleep(0)
    first.cancel()
    watched.gate.set()
    assert (await second).shape == (2, 256)
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_request_that_fails_takes_no_other_with_it(
    encoder: Encoder, workers: Workers
) -> None:
    watched = Watched(encoder)
    batching = Batching(watched, workers)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(batching.embed(windows(1)))
        await watched.working.wait()
        broken = asyncio.create_task(batching.embed([np.full(16_000, "hush")]))
        await asyncio.sleep(0)
        good = tasks.create_task(batching.embed(windows(2)))
        await asyncio.sleep(0)
        watched.gate.set()
    assert good.result().shape == (2, 256)
    with pytest.raises(TypeError, match="ufunc"):
        await broken
