"""Engines on scripted servers, and the real server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.asr.whisperlive import real
from wallflower.asr.whisperlive import WhisperLiveConfig, WhisperLiveEngine
from wallflower.runtime.clock import Clock, SystemClock

StartEngine = Callable[..., Coroutine[Any, Any, WhisperLiveEngine]]


@pytest.fixture(scope="module")
def real_server() -> Iterator[str]:
    """The URL of a real server with tiny.en and four places."""
    if not (real.ENVIRONMENT / "bin/python").exists():
        pytest.skip(real.MISSING)
    with real.serving() as url:
        yield url


@pytest.fixture
async def start_engine() -> AsyncIterator[StartEngine]:
    """`await start_engine(*urls, clock=None, **config)`: started, closed after the test."""
    async with AsyncExitStack() as stack:

        async def start(*urls: str, clock: Clock | None = None, **config: Any) -> WhisperLiveEngine:
            settings: dict[str, Any] = {"language": "en", "patience_s": 25.0, **config}
            engine = WhisperLiveEngine(
                WhisperLiveConfig(urls=urls, **settings), clock=clock or SystemClock()
            )
            stack.push_async_callback(engine.close)
            await engine.start()
            return engine

        yield start
