"""What FFmpeg's stderr and end mean, as one of our errors with a sentence for people.

The patterns are FFmpeg's own words, recorded from 5.1 (Debian) and 9.0 (imageio-ffmpeg) at the log
level of `argv`; the tests replay those records and provoke them anew. Where the two differ, both
forms match. Nothing that leaves this module holds credentials.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from typing import Final, Literal

from wallflower.capture import sentences
from wallflower.capture.sentences import Source
from wallflower.domain.errors import (
    CaptureError,
    NoAudio,
    NoPicture,
    NoSuchStream,
    Stalled,
    StreamEnded,
    Unauthorized,
    Unreachable,
    UnsupportedSource,
)
from wallflower.domain.urls import redact

KEPT_COMPLAINTS: Final = 40
"""A bad network makes FFmpeg complain for months: the last words tell how it ended."""

_COMPLAINT: Final = re.compile(r"\[(?:warning|error|fatal|panic)\] (?P<words>.*)")
_FORMAT: Final = re.compile(r"\[graph_.* samplerate:(?P<rate>\d+) chlayout:(?P<layout>\S+)")
_TIMED_OUT: Final = r"(?:Connection|Operation) timed out"
_TRACKLESS: Final = r"matches no streams|does not contain any stream"

_Sentence = Callable[[Source], str]

_ANSWERED: Final = r"(?:failed:|Server returned|HTTP error) "
"""Before a status code of RTSP or HTTP, so that a port or path of the same digits is none."""

# The first that fits any complaint counts: the order is from the telling to the vague.
_RULES: Final[tuple[tuple[str, type[CaptureError], _Sentence], ...]] = (
    (_ANSWERED + r"40[13]", Unauthorized, sentences.unauthorized),
    (_ANSWERED + r"404|No such file or directory", NoSuchStream, sentences.no_path),
    (r"Failed to resolve hostname", Unreachable, sentences.unknown),
    (r"Connection refused", Unreachable, sentences.refused),
    (r"No route to host|Network is unreachable", Unreachable, sentences.unreached),
    (r"certificate", UnsupportedSource, sentences.certificate),
    (r"unexpected TLS packet|wrong version number", UnsupportedSource, sentences.no_tls),
    (_ANSWERED + r"5(?:\d\d|XX)", Unreachable, sentences.busy),
    (_ANSWERED + r"4(?:\d\d|XX)", NoSuchStream, sentences.no_path),
    (r"handshake|Connection reset|Failed reading RTSP data", Unreachable, sentences.mute_server),
    (r"Is a directory|Permission denied", UnsupportedSource, sentences.unreadable),
    (r"Decoder .*not found|Unknown decoder", UnsupportedSource, sentences.no_decoder),
)


class Evidence:
    """What one FFmpeg told about one source. Feed it every line, ask it when FFmpeg is done."""

    def __init__(self, source: str, *, wants: Literal["sound", "picture"] = "sound") -> None:
        """`source` is the URL or path FFmpeg was given, `wants` what was to be read of it."""
        self._at = Source(source, wants)
        self._track = "m=audio" if wants == "sound" else "m=video"
        self._connected = self._at.file
        self._opened = False
        self._described = False
        self._offered = False
        self._complaints: deque[str] = deque(maxlen=KEPT_COMPLAINTS)
        self.formats: list[str] = []
        """What was decoded, in order: "44100 Hz stereo". More than one: it changed midway."""

    @property
    def opened(self) -> bool:
        """Whether FFmpeg understood the source and named its tracks."""
        return self._opened

    def hear(self, line: str) -> None:
        """Take one line of stderr."""
        if (complaint := _COMPLAINT.search(line)) is not None:
            self._complaints.append(complaint["words"])
        elif (form := _FORMAT.match(line)) is not None:
            self.formats.append(f"{form['rate']} Hz {form['layout']}")
        elif "Successfully connected" in line:
            self._connected = True
        elif line.endswith("SDP:"):
            self._described = True
        elif line.startswith(self._track):
            self._offered = True
        elif "Input #0" in line:
            self._opened = True

    def stalled(self, after_s: float, *, heard: bool) -> CaptureError:
        """Why nothing wanted came for `after_s` seconds; `heard`: some had come before."""
        at = self._at
        if self._described and not self._offered:
            return self._trackless()
        if heard or self._opened or self._described:
            return Stalled(f"{at.name} is connected but has sent no {at.wants} for {after_s:g} s.")
        return self._unanswered()

    def ended(self, status: int, *, heard: bool) -> CaptureError:
        """Why FFmpeg ended by itself with exit `status` (negative: the signal that ended it)."""
        at = self._at
        if not heard and self._described and not self._offered:
            return self._trackless()
        if status < 0:
            return StreamEnded(f"FFmpeg was ended by signal {-status} while it read {at.name}.")
        if heard or (self._opened and status == 0):
            if self._complains(_TIMED_OUT):
                return Stalled(f"{at.name} stopped sending.")
            return StreamEnded(f"{at.name} ended.")
        return self._unread(status)

    def _unread(self, status: int) -> CaptureError:
        """Why nothing could be read, from what FFmpeg complained about."""
        at = self._at
        if self._complains(_TRACKLESS):
            return self._trackless()
        for pattern, error, sentence in _RULES:
            if self._complains(pattern):
                return error(sentence(at))
        if self._complains(_TIMED_OUT):
            return self._unanswered()
        if self._connected and not self._described and at.scheme in ("rtsp", "rtsps"):
            return self._unanswered()
        if self._complains("Invalid data found"):
            return UnsupportedSource(sentences.no_media(at))
        last = redact(self._complaints[-1]) if self._complaints else f"exit status {status}"
        return UnsupportedSource(f"FFmpeg cannot read {at.name} ({last}).")

    def _trackless(self) -> NoAudio | NoPicture:
        if self._at.wants == "sound":
            return NoAudio(sentences.no_audio(self._at))
        return NoPicture(sentences.no_picture(self._at))

    def _unanswered(self) -> Unreachable:
        sentence = sentences.mute_server if self._connected else sentences.silent_host
        return Unreachable(sentence(self._at))

    def _complains(self, pattern: str) -> bool:
        return any(re.search(pattern, words) for words in self._complaints)
