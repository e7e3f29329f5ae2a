"""How the recogniser is doing, as the API and MQTT tell it."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class ServerState(enum.StrEnum):
    """The states of a recognition server; the values are those of MQTT and the API."""

    UNKNOWN = "unknown"
    """Not asked yet."""
    READY = "ready"
    """Took the last that it was asked."""
    FULL = "full"
    """Answers, but all its places are taken by others for now."""
    AWAY = "away"
    """Cannot be reached, or closed a connection it should have kept; tried again by itself."""
    FROZEN = "frozen"
    """Takes sound and does not write; tried again by itself."""
    REFUSED = "refused"
    """Refuses us (token, certificate, model): somebody has to change the settings."""


@dataclass(frozen=True, slots=True)
class ServerQuality:
    """A look at one recognition server at one moment; counts are since Wallflower started."""

    name: str
    """Host and port, e.g. `192.168.1.20:9090`; never holds credentials."""
    state: ServerState
    detail: str | None
    """One sentence for people: what is wrong and what to do. None while all is well."""
    connections: int
    """Open at this moment."""
    slots: int | None
    """The most connections it takes from us, as set or learnt; None: not known yet."""
    round_trip_ms: float | None
    """Of the last ping; None before the first."""
    lag_s: float | None
    """How long its texts came after the sound was handed over, lately; None before the first."""
    outstanding_s: float
    """Seconds of speech it has and has not written yet."""
    sent_s: float
    """Seconds of speech handed over."""
    dropped_s: float
    """Seconds of speech handed over that no text came back for, for its fault."""
    reconnects: int
    """How often it was reached again after it had been lost."""


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """A look at the speech recogniser at one moment."""

    name: str
    """As lines carry it in `engine`, e.g. `embedded:tiny.en`."""
    ready: bool
    """True once its model is loaded and it takes speech."""
    backlog_s: float
    """Seconds of speech that wait to be recognised, over all streams."""
    servers: tuple[ServerQuality, ...] = ()
    """Its recognition servers, where it has some."""
    taken_over: int = 0
    """Utterances that the embedded engine wrote in the place of its servers."""
