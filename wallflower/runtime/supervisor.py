"""The only loop that starts things again, and the only place that catches `Exception`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from wallflower.domain.errors import WallflowerError, is_fatal
from wallflower.runtime.backoff import Backoff, Delays
from wallflower.runtime.clock import Clock, wait_until
from wallflower.runtime.health import Health, HealthState

HEALTHY_AFTER_S: Final = 60.0
"""A run that lasted this long was healthy: the next failure is retried soon again."""

_log = logging.getLogger(__name__)


async def supervise(
    name: str,
    run_once: Callable[[], Awaitable[None]],
    *,
    clock: Clock,
    health: Health,
    wake: asyncio.Event | None = None,
    closing: asyncio.Event | None = None,
    backoff: Delays | None = None,
    on_failure: Callable[[BaseException, float | None], None] | None = None,
) -> None:
    """Run `run_once` again and again until cancelled, or until it returns after `closing` is set.

    A failure is reported to `health` under `name`, then retried after a delay with full jitter;
    a run of `HEALTHY_AFTER_S` seconds makes the delays short again. A fatal error (`is_fatal`)
    parks instead. Setting `wake` ends any wait at once: settings changed, or a person asked.
    `on_failure` hears the error and the delay in seconds (None: parked).

    `run_once` reports its own good health. A plain return is followed by another run after the
    same kind of delay, so that a source which ends at once cannot spin.
    """
    wake = wake or asyncio.Event()
    closing = closing or asyncio.Event()
    backoff = backoff or Backoff()
    while not closing.is_set():
        began = clock.monotonic()
        failure: BaseException | None = None
        try:
            await run_once()
        except Exception as error:  # noqa: BLE001 - this is the place
            failure = error
        if clock.monotonic() - began >= HEALTHY_AFTER_S:
            backoff.reset()
        if failure is not None and is_fatal(failure):
            _report(name, failure, health, HealthState.FAILED)
            if on_failure is not None:
                on_failure(failure, None)
            await wait_until(wake, None, clock, closing)
            backoff.reset()
        else:
            delay_s = backoff.next_delay_s()
            if failure is not None:
                _report(name, failure, health, HealthState.DEGRADED)
                if on_failure is not None:
                    on_failure(failure, delay_s)
            if await wait_until(wake, delay_s, clock, closing):
                backoff.reset()
        wake.clear()


def _report(name: str, error: BaseException, health: Health, state: HealthState) -> None:
    if isinstance(error, WallflowerError):
        # Said once: what stays wrong for days is retried for days, and stands in the health.
        before = health.parts().get(name)
        known = before is not None and (before.state, before.detail) == (state, str(error))
        _log.log(logging.DEBUG if known else logging.WARNING, "%s: %s", name, error)
        health.report(name, state, str(error), error.code)
    else:
        # A bug of ours: the traceback goes to the log, people get a sentence.
        _log.error("%s failed unexpectedly", name, exc_info=error)
        detail = f"Unexpected {type(error).__name__}; the log has the details."
        health.report(name, state, detail, "unexpected")
