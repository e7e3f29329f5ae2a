"""How the recogniser is doing, as the API and MQTT tell it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """A look at the speech recogniser at one moment."""

    name: str
    """As lines carry it in `engine`, e.g. `embedded:tiny.en`."""
    ready: bool
    """True once its model is loaded and it takes speech."""
    backlog_s: float
    """Seconds of speech that wait to be recognised, over all streams."""
