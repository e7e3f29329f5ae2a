"""Which WhisperLive servers there are, and what is asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from wallflower.domain.errors import BadSettings
from wallflower.domain.urls import redact

SEND_LAST_N_SEGMENTS: Final = 50
"""An utterance has a handful of segments; the server's own default of 10 loses the rest."""
SAME_OUTPUT_THRESHOLD: Final = 2
"""Repetitions after which the server lets go of an utterance: with its own default of 10 the next
one on the same connection would meet the last. Below 1 it drops a second identical utterance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperLiveConfig:
    """Raises `BadSettings` when a URL is none, or a number out of its range."""

    urls: tuple[str, ...]
    """`ws://host:9090` or `wss://host`, one for each server."""
    token: str | None = field(default=None, repr=False)
    """Sent as `Authorization: Bearer`."""
    tls_verify: bool = True
    """Check the certificate of `wss` servers."""
    tls_ca: Path | None = None
    """Certificates (PEM) to trust besides the system's."""
    max_clients: int | None = None
    """The most connections to one server; None: as many as it takes."""

    model: str = "small"
    """Asked for by name; a server with a model of its own ignores it."""
    language: str | None = None
    """None: the server detects it."""
    fallback_language: str = "en"
    """Spoken where the server cannot tell and has never told before."""
    task: str = "transcribe"
    """`transcribe`, or `translate` to write English."""
    translate_to: str | None = None
    """Let the server translate what it wrote to this language, and take that for the text."""
    hotwords: tuple[str, ...] = ()
    """Words likely to be said; those of `Engine.hint` are added."""
    initial_prompt: str | None = None
    use_vad: bool = True
    """Let the server check for speech once more: less is invented over noise."""
    vad_parameters: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """As faster-whisper names them, e.g. `threshold`; empty: the server's own."""
    no_speech_thresh: float = 0.45
    """Text that is less likely to be speech than this is dropped by the server, 0 to 1."""
    word_timestamps: bool = True
    """Ask for the time of each word; without them words are spread over their segment."""
    send_last_n_segments: int = SEND_LAST_N_SEGMENTS
    same_output_threshold: int = SAME_OUTPUT_THRESHOLD

    patience_s: float = 5.0
    """How long an ended utterance may take, waiting for a place included."""
    wait_away_s: float = 0.0
    """How long of that to wait for a server to come back when none can be reached."""
    open_timeout_s: float = 20.0
    """How long a server may take until it is ready: some load a model for every connection."""
    connection_s: float = 540.0
    """A connection older than this is not used again: servers end them after 600 s."""

    def __post_init__(self) -> None:
        if not self.urls:
            raise BadSettings("Name at least one WhisperLive server, e.g. ws://192.168.1.20:9090.")
        for url in self.urls:
            _check(url)
        if self.max_clients is not None and self.max_clients < 1:
            raise BadSettings(f"max_clients must be at least 1, not {self.max_clients}.")
        if not 0 <= self.no_speech_thresh <= 1:
            raise BadSettings(f"no_speech_thresh must be 0 to 1, not {self.no_speech_thresh}.")
        if min(self.patience_s, self.open_timeout_s, self.connection_s) <= 0:
            raise BadSettings("patience_s, open_timeout_s and connection_s must be above 0.")
        if min(self.send_last_n_segments, self.same_output_threshold) < 1:
            raise BadSettings("send_last_n_segments, same_output_threshold must be at least 1.")


def server_name(url: str) -> str:
    """Host and port of `url`, for people.

    >>> server_name("wss://:secret@[::1]/x?token=y")
    '[::1]:443'
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "wss" else 80)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"ws", "wss"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise BadSettings(
            f"A WhisperLive server looks like ws://192.168.1.20:9090; {redact(url)!r} does not."
        )
