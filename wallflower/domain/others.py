"""Other Wallflowers on the same network."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Other:
    """A Wallflower as it announces itself; nothing of it has been checked."""

    id: str
    """Its own id, the same for as long as it keeps its data."""
    name: str
    url: str
    """Where its page is, `http://…`."""
    version: str


@dataclass(frozen=True, slots=True)
class Others:
    """The Wallflowers seen on the network now."""

    seen: tuple[Other, ...] = ()
    """By name."""
    reason: str | None = None
    """One sentence: why nobody is looked for; None while somebody is."""
