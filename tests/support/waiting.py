"""Waiting for what was heard to hold something."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def grown_until(
    grown: asyncio.Event,
    condition: Callable[[], object],
    *,
    wait_s: float,
    have: Callable[[], str],
) -> None:
    """Wait until `condition` holds, which may change whenever `grown` is set.

    `TimeoutError` after `wait_s` with what there is instead (`have`).
    """
    try:
        async with asyncio.timeout(wait_s):
            while not condition():
                grown.clear()
                await grown.wait()
    except TimeoutError:
        raise TimeoutError(f"what was waited for did not come, but:\n{have()}") from None
