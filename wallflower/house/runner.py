"""One stream's life: which state it is in, and when its capture runs."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from typing import Final

from wallflower.capture import snapshot
from wallflower.domain.errors import Conflict, WallflowerError
from wallflower.domain.events import StreamHealthChanged
from wallflower.domain.streams import StreamHealth, StreamSpec, StreamState
from wallflower.house.pictures import Pictures
from wallflower.pipeline import Shared, StreamPipeline
from wallflower.runtime.clock import wait_until
from wallflower.runtime.health import Health, HealthState
from wallflower.runtime.supervisor import supervise

FINISH_S: Final = 3.0
"""How long a stopping stream may take to write down what was said last."""

_log = logging.getLogger(__name__)


class StreamRunner:
    """Runs one stream as its spec says. `change` may be called at any time."""

    def __init__(
        self, spec: StreamSpec, *, house_listening: bool, shared: Shared, health: Health
    ) -> None:
        self.spec = spec
        self.health = StreamHealth(spec.id, StreamState.CONNECTING)
        self._house_listening = house_listening
        self._shared = shared
        self._parts = health
        self._part = f"stream:{spec.id}"
        self._wake = asyncio.Event()
        self._pictures = Pictures(spec.id)
        self._captures = 0
        self._pipeline = StreamPipeline(
            spec.id,
            shared,
            on_sound=self._sounded,
            on_silent=lambda silent: self._note(silent=silent),
            on_drop=lambda lost_s: self._note(dropped_s=self.health.dropped_s + lost_s),
        )
        self._writing: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None

    def start(self, tasks: asyncio.TaskGroup) -> None:
        """Begin, as two tasks of `tasks`."""
        name = self.spec.id
        self._writing = tasks.create_task(self._supervise_writing(), name=f"{name}: recognise")
        self._listening = tasks.create_task(self._supervise_listening(), name=f"{name}: listen")

    async def stop(self) -> None:
        """End capture and looks, then write down what was said last (at most `FINISH_S`)."""
        if self._listening is None or self._writing is None:
            return
        self._listening.cancel()
        await asyncio.wait((self._listening, *self._pictures.drop()))
        self._pipeline.finish()
        if not await wait_until(self._pipeline.finished, FINISH_S, self._shared.clock):
            _log.warning("%s: stopped before all speech was written down", self.spec.id)
        self._writing.cancel()
        await asyncio.wait((self._writing,))
        self._parts.forget(self._part)
        self._parts.forget(f"{self._part}:recognise")

    def change(self, spec: StreamSpec, *, house_listening: bool) -> None:
        """Take over a new spec; the capture is reopened only if what it reads changed."""
        before = (self.spec.url, self.spec.enabled, self.spec.listening and self._house_listening)
        after = (spec.url, spec.enabled, spec.listening and house_listening)
        if spec.url != self.spec.url and self._shared.speakers is not None:
            self._shared.speakers.forget(spec.id)
        self.spec, self._house_listening = spec, house_listening
        if before != after:
            self._pictures.drop()
            self._wake.set()

    async def look(self, width: int | None) -> bytes:
        """A picture of now; see `HouseControl.snapshot`."""
        if not self.spec.enabled:
            raise Conflict("There is no picture of a stream that is stopped; start it first.")
        if not (self.spec.listening and self._house_listening):
            muted = "microphone" if self._house_listening else "house"
            raise Conflict(f"There is no picture while the {muted} is muted; unmute it first.")
        return await self._pictures.take(self._snapshot, width)

    async def _snapshot(self, width: int | None) -> bytes:
        ffmpeg, clock = self._shared.ffmpeg, self._shared.clock
        return await snapshot(self.spec.url, ffmpeg=ffmpeg, clock=clock, width=width)

    def retry(self) -> None:
        """Close the capture, if any, and open it again at once."""
        self._wake.set()

    async def _supervise_writing(self) -> None:
        part = f"{self._part}:recognise"

        async def run_once() -> None:
            self._parts.report(part, HealthState.OK)
            await self._pipeline.run()

        await supervise(part, run_once, clock=self._shared.clock, health=self._parts)

    async def _supervise_listening(self) -> None:
        await supervise(
            self._part,
            self._run_once,
            clock=self._shared.clock,
            health=self._parts,
            wake=self._wake,
            on_failure=self._failed,
        )

    async def _run_once(self) -> None:
        if not self.spec.enabled:
            await self._rest(StreamState.STOPPED)
        elif not (self.spec.listening and self._house_listening):
            await self._rest(StreamState.MUTED)
        else:
            await self._capture()

    async def _rest(self, state: StreamState) -> None:
        self._parts.report(self._part, HealthState.OK)
        self._note(state=state, detail=None, code=None, silent=False)
        await self._wake.wait()

    async def _capture(self) -> None:
        changes: dict[str, object] = {"restarts": self._captures}
        if self.health.state is not StreamState.RETRYING:
            changes.update(state=StreamState.CONNECTING, detail=None, code=None)
        self._note(**changes)
        self._captures += 1
        capture = asyncio.create_task(
            self._pipeline.listen_once(self.spec.url), name=f"{self.spec.id}: capture"
        )
        woken = asyncio.create_task(self._wake.wait(), name=f"{self.spec.id}: wake")
        try:
            await asyncio.wait((capture, woken), return_when=asyncio.FIRST_COMPLETED)
            if capture.done():
                # Raises what ended it: the supervisor decides what comes next.
                capture.result()
        finally:
            woken.cancel()
            capture.cancel()
            await asyncio.wait((capture,))

    def _sounded(self) -> None:
        self._parts.report(self._part, HealthState.OK)
        self._note(state=StreamState.STREAMING, detail=None, code=None)

    def _failed(self, error: BaseException, delay_s: float | None) -> None:
        state = StreamState.FAILED if delay_s is None else StreamState.RETRYING
        if isinstance(error, WallflowerError):
            self._note(state=state, detail=str(error), code=error.code, silent=False)
        else:
            detail = "Something unexpected happened; the log has the details."
            self._note(state=state, detail=detail, code="unexpected", silent=False)

    def _note(self, **changes: object) -> None:
        health = dataclasses.replace(self.health, **changes)  # type: ignore[arg-type]
        if health != self.health:
            self.health = health
            self._shared.bus.publish(StreamHealthChanged(health))
