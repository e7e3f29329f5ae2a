"""What people are told about the recognition servers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wallflower.domain.engine import ServerQuality, ServerState

ILL: Final = {
    ServerState.AWAY: "cannot be reached",
    ServerState.FROZEN: "takes sound but writes nothing",
    ServerState.REFUSED: "refuses us",
}
"""States that people should hear about. A full server is a busy one, not an ill one."""


def trouble(servers: Sequence[ServerQuality], *, stand_in: bool) -> str | None:
    """One sentence about the servers that do not work and who writes meanwhile; None: all work.

    `stand_in` tells whether there is an embedded engine to take over.
    """
    ill = [server for server in servers if server.state in ILL]
    if not ill:
        return None
    meanwhile = _meanwhile(others=len(ill) < len(servers), stand_in=stand_in)
    what = ill[0].detail or f"WhisperLive at {ill[0].name} {ILL[ill[0].state]}"
    others = f" (and {len(ill) - 1} more like it)" if len(ill) > 1 else ""
    return f"{what.rstrip('.')}{others}; {meanwhile}."


def starting(others: Sequence[ServerQuality], *, stand_in: bool) -> str:
    """The sentence for while the local server gets ready, which is no trouble."""
    ready = any(server.state is ServerState.READY for server in others)
    return (
        f"The local WhisperLive server is starting; {_meanwhile(others=ready, stand_in=stand_in)}."
    )


def _meanwhile(*, others: bool, stand_in: bool) -> str:
    if others:
        return "the other servers write meanwhile"
    return "the embedded engine writes meanwhile" if stand_in else "what is said waits for it"
