"""One connection to a WhisperLive server, without the connection: what to say, what it means.

    OPENING ── Ready ──▶ READY ── end() ──▶ CLOSING ── lost() ──▶ CLOSED
       └──────────── Full, ServerError, Disconnected ──▶ CLOSING

Sans-I/O: `hello` and `frames` give what is to be sent, `receive` takes what came, `lost` is told
that the connection is gone. Nothing is said after that.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from wallflower.asr.whisperlive.config import WhisperLiveConfig
from wallflower.asr.whisperlive.wire import messages
from wallflower.asr.whisperlive.wire.events import (
    Completed,
    Disconnected,
    Event,
    Full,
    LanguageFound,
    Ready,
    ServerError,
    Translated,
    Warned,
)
from wallflower.asr.whisperlive.wire.messages import ProtocolError
from wallflower.asr.whisperlive.wire.segments import Segments
from wallflower.domain.speech import Pcm
from wallflower.domain.times import SAMPLE_RATE

END_OF_AUDIO: Final = b"END_OF_AUDIO"
FRAME_S: Final = 16.0
"""Sound in one message: servers take messages up to 1 MiB, which is 16.4 s."""


class State(enum.Enum):
    OPENING = "opening"
    READY = "ready"
    CLOSING = "closing"
    CLOSED = "closed"


class Protocol:
    """One connection. `language` None: the server detects it."""

    def __init__(
        self,
        uid: str,
        config: WhisperLiveConfig,
        *,
        language: str | None = None,
        hotwords: tuple[str, ...] = (),
    ) -> None:
        self._uid = uid
        self._config = config
        self._language = language
        self._hotwords = hotwords
        self._segments = Segments(config.send_last_n_segments)
        self._translations = Segments(config.send_last_n_segments)
        self.state = State.OPENING

    def hello(self) -> str:
        """The opening message, to be sent first."""
        config = self._config
        options: dict[str, Any] = {
            "uid": self._uid,
            "language": self._language,
            "task": config.task,
            "model": config.model,
            # Left out would mean off.
            "use_vad": config.use_vad,
            "word_timestamps": config.word_timestamps,
            "send_last_n_segments": config.send_last_n_segments,
            "no_speech_thresh": config.no_speech_thresh,
            "same_output_threshold": config.same_output_threshold,
        }
        if config.vad_parameters:
            options["vad_parameters"] = dict(config.vad_parameters)
        if words := (*config.hotwords, *self._hotwords):
            # Commas part the list, so none may be inside.
            options["hotwords"] = ", ".join(word.replace(",", " ") for word in words)
        if config.initial_prompt:
            options["initial_prompt"] = config.initial_prompt
        if config.translate_to:
            options |= {"enable_translation": True, "target_language": config.translate_to}
        return json.dumps(options)

    def frames(self, pcm: Pcm) -> list[bytes]:
        """Messages that carry `pcm`: 32 bit floats, never a part of one.

        Up to `FRAME_S` seconds it is one message: the server then hears all of it at once.
        Raises `ProtocolError` unless the server is ready.
        """
        if self.state is not State.READY:
            raise ProtocolError(f"Sound cannot be sent while the connection is {self.state.value}.")
        sound = (pcm.astype(np.float32) / 32768).astype("<f4")
        step = int(FRAME_S * SAMPLE_RATE)
        return [sound[first : first + step].tobytes() for first in range(0, len(sound), step)]

    def end(self) -> bytes:
        """The last message; the server then frees our place and closes."""
        if self.state is not State.CLOSED:
            self.state = State.CLOSING
        return END_OF_AUDIO

    def receive(self, text: str | bytes) -> list[Event]:
        """What a message means. Raises `ProtocolError` when it means nothing."""
        if self.state is State.CLOSED:
            return []
        message = messages.parse(text)
        if "segments" in message:
            self._require_ready("segments")
            return self._segments.receive(messages.said(message["segments"]))
        if "translated_segments" in message:
            self._require_ready("translations")
            return self._translated(messages.said(message["translated_segments"]))
        if "status" in message:
            return self._status(message)
        if isinstance(message.get("language"), str):
            sure = messages.number(message.get("language_prob", 1.0), "a probability")
            return [LanguageFound(message["language"], sure)]
        return self._word(message)

    def lost(self) -> list[Event]:
        """The connection is gone: what was not completed is promoted."""
        if self.state is State.CLOSED:
            return []
        self.state = State.CLOSED
        return self._segments.end()

    def _status(self, message: Mapping[str, Any]) -> list[Event]:
        text = message.get("message")
        match message["status"]:
            case "WAIT":
                self.state = State.CLOSING
                return [Full(max(0.0, 60 * messages.number(text, "minutes to wait")))]
            case "ERROR":
                self.state = State.CLOSING
                return [*self._segments.end(), ServerError(str(text))]
            case "WARNING":
                return [Warned(str(text))]
            case other:
                raise ProtocolError(f"The server sent the unknown status {other!r}.")

    def _word(self, message: Mapping[str, Any]) -> list[Event]:
        match message.get("message"):
            case "SERVER_READY" if self.state is State.OPENING:
                self.state = State.READY
                return [Ready(str(message.get("backend", "unknown")))]
            case "SERVER_READY":
                raise ProtocolError("The server said twice that it is ready.")
            case "DISCONNECT":
                self.state = State.CLOSING
                return [*self._segments.end(), Disconnected()]
        # Newer servers may tell more (a finalizer's summary, say): nothing we rely on.
        return []

    def _translated(self, said: list[messages.Said]) -> list[Event]:
        news = self._translations.receive(said)
        return [Translated(new.segment) for new in news if isinstance(new, Completed)]

    def _require_ready(self, what: str) -> None:
        if self.state is State.OPENING:
            raise ProtocolError(f"The server sent {what} before it was ready.")
