"""What people should know about their setup although every part works."""

from __future__ import annotations

from dataclasses import dataclass

from wallflower.runtime.addresses import is_loopback


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know, and to settle once."""

    code: str
    """Stable, for programs."""
    text: str
    """One sentence: what it is, and what to do."""


def notices_for(host: str) -> tuple[Notice, ...]:
    """What to know about a listener on `host`."""
    if is_loopback(host):
        return ()
    return (
        Notice(
            "open_to_network",
            f"Everybody who reaches port and address of this Wallflower ({host}) can read and "
            "change everything, since there are no accounts yet; set server.host to 127.0.0.1, "
            "or let only people you trust into this network.",
        ),
    )
