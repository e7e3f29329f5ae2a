"""Who asks: somebody on the network, or a user of Home Assistant in its panel."""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from quart import request

IsAdmin = Callable[[str], Awaitable[bool]]
"""Whether the user with this id is an administrator. Raises `RightsUnknown`."""

SCOPE_KEY: Final = "wallflower.visitor"
"""Where in a request's ASGI scope `ingress` puts its visitor; no client can write there."""


class Via(enum.StrEnum):
    """The listener that a request came in by."""

    INGRESS = "ingress"
    LAN = "lan"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever sent a request."""

    via: Via
    id: str | None = None
    """As Home Assistant has it; None where nobody said who it is."""
    name: str | None = None
    ask: IsAdmin | None = None

    async def is_admin(self) -> bool:
        """Whether nothing is forbidden: there are no accounts yet on the network's own listener.

        Raises `RightsUnknown`.
        """
        if self.via is Via.LAN:
            return True
        return self.id is not None and self.ask is not None and await self.ask(self.id)


ANYBODY: Final = Visitor(Via.LAN)


def visitor() -> Visitor:
    """Who sent the current request. The headers of requests by the network count for nothing."""
    scope: dict[str, Any] = request.scope  # type: ignore[assignment]
    found: Visitor = scope.get(SCOPE_KEY, ANYBODY)
    return found
