"""The places one server has for us, and the connections that are kept in them.

A place is one connection, from before it is opened until the server closed it. Where opening one
is dear, since the server loads a model for each, connections are kept a while for the next
utterance. Such a connection stays with the language that the server found on it, so it is for
streams only that spoke it last, and not for long: people change their language.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from wallflower.asr.whisperlive.servers.slots import Slots
from wallflower.asr.whisperlive.session import Session
from wallflower.asr.whisperlive.tasks import Tasks
from wallflower.runtime.clock import Clock, wait_until

FULL_S: Final = (1.0, 60.0)
"""A full server is asked again when it said, within these bounds: places are freed early too."""
CLEAN_S: Final = 3.0
"""How long a kept connection may take until the server let go of the last utterance."""
LINGER_S: Final = 30.0
"""How long a kept connection holds its place without work."""
FOUND_S: Final = 60.0
"""For how long a language that the server found is believed in."""


class Places:
    """`freed` hears whenever one may be free; a connection of `oldest_s` seconds is not kept."""

    def __init__(
        self,
        name: str,
        slots: Slots,
        *,
        clock: Clock,
        tasks: Tasks,
        oldest_s: float,
        freed: Callable[[], None],
    ) -> None:
        self._name = name
        self._slots = slots
        self._clock = clock
        self._tasks = tasks
        self._oldest_s = oldest_s
        self._freed = freed
        self._full_until_s = -math.inf
        self.kept: list[Session] = []

    @property
    def free(self) -> bool:
        return bool(self.kept) or self._slots.free

    @property
    def taken(self) -> int:
        return self._slots.taken

    @property
    def limit(self) -> int | None:
        """The most there are, as set or learnt; None: not known."""
        return self._slots.limit

    @property
    def full_for_s(self) -> float:
        """How long others keep all places, as far as the server told."""
        return max(0.0, self._full_until_s - self._clock.monotonic())

    def take(self) -> Session | None:
        """A kept connection, or the right to open one (None)."""
        if self.kept:
            return self.kept.pop()
        self._slots.take()
        return None

    def give_back(self, session: Session | None, *, keep: bool) -> None:
        """A place is not needed any more; with `keep` its connection may be used again."""
        self._tasks.start(self._give_back(session, keep), f"{self._name}: place")

    def fits(self, session: Session, language: str | None, spoken: str | None) -> bool:
        """Whether `session` may be asked for an utterance in `language`; None: in one that the
        server has to find, `spoken` before it.
        """
        if not session.usable or session.asked_for != language:
            return False
        found = language is None and session.language is not None
        oldest_s = min(FOUND_S, self._oldest_s) if found else self._oldest_s
        young = self._clock.monotonic() - session.born_s < oldest_s
        return young and (not found or session.language == spoken)

    def refused(self, wait_s: float) -> bool:
        """The server was full for `wait_s` seconds more. True when others have all its places."""
        wait_s = min(max(wait_s, FULL_S[0]), FULL_S[1])
        self._slots.refused()
        self._tasks.start(self._ask_again(wait_s), f"{self._name}: full")
        if self._slots.limit:
            return False
        self._full_until_s = self._clock.monotonic() + wait_s
        return True

    async def _give_back(self, session: Session | None, keep: bool) -> None:
        if session is not None and keep:
            await wait_until(session.clean, CLEAN_S, self._clock)
            if self.fits(session, session.asked_for, session.language):
                self.kept.append(session)
                self._freed()
                await self._clock.sleep(LINGER_S)
                idle_s = self._clock.monotonic() - session.used_s
                if session not in self.kept or idle_s < LINGER_S:
                    # Somebody used it meanwhile, and gave it back or will.
                    return
                self.kept.remove(session)
        try:
            if session is not None:
                await session.finish()
        finally:
            self._slots.give_back()
            self._freed()

    async def _ask_again(self, wait_s: float) -> None:
        await self._clock.sleep(wait_s)
        self._slots.ask_again()
        self._freed()
