"""Try a server as the engine would use it, for a person who wants to know."""

from __future__ import annotations

import asyncio

from wallflower.asr.whisperlive.config import WhisperLiveConfig
from wallflower.asr.whisperlive.engine import WhisperLiveEngine
from wallflower.asr.whisperlive.heartbeat import heartbeat
from wallflower.runtime.clock import Clock


async def try_servers(config: WhisperLiveConfig, clock: Clock) -> float:
    """Have the servers of `config` write a short sentence; the seconds that took.

    Raises what `WhisperLiveEngine` raises: `EngineFailed` with the reason, or `BadSettings`.
    """
    engine = WhisperLiveEngine(config, clock=clock)
    try:
        await engine.start()
        began_s = clock.monotonic()
        await engine.open("trial").final(await asyncio.to_thread(heartbeat, clock))
        return clock.monotonic() - began_s
    finally:
        await engine.close()
