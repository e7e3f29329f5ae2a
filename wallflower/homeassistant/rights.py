"""Who is an administrator, remembered for a moment; never guessed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from wallflower.domain.errors import RightsUnknown
from wallflower.runtime.clock import Clock

ADMIN_S: Final = 60.0
"""How long somebody who was an administrator counts as one: rights that Core takes away end here
too within this time."""

OTHERS_S: Final = 5.0
"""How long others wait for new rights, and everybody for a Core that could not be asked."""


class Rights:
    """Answers from one list of administrators that `ask` gives; one event loop only.

    `ask` raises `RightsUnknown`, and so does `is_admin` then: an outdated list is no answer.
    """

    def __init__(self, ask: Callable[[], Awaitable[frozenset[str]]], clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._asking = asyncio.Lock()
        self._admins: frozenset[str] | RightsUnknown = frozenset()
        self._asked_at: float | None = None

    async def is_admin(self, user_id: str) -> bool:
        """Whether `user_id` is an administrator. Raises `RightsUnknown`."""
        # Under the lock, so that many requests at once are one question.
        async with self._asking:
            if not self._fresh(user_id):
                try:
                    self._admins = await self._ask()
                except RightsUnknown as error:
                    self._admins = error
                self._asked_at = self._clock.monotonic()
            if isinstance(self._admins, RightsUnknown):
                raise RightsUnknown(str(self._admins))
            return user_id in self._admins

    def _fresh(self, user_id: str) -> bool:
        if self._asked_at is None:
            return False
        known = not isinstance(self._admins, RightsUnknown) and user_id in self._admins
        keep_s = ADMIN_S if known else OTHERS_S
        return self._clock.monotonic() - self._asked_at < keep_s
