"""Looking at a source once: can it be read, and which tracks does it have?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from wallflower.capture.argv import probe_argv
from wallflower.capture.diagnosis import Evidence
from wallflower.domain.tracks import AudioTrack, Probe, VideoTrack
from wallflower.domain.urls import check_stream_url
from wallflower.runtime.clock import Clock, within
from wallflower.runtime.process import running

_TRACK: Final = re.compile(r"Stream #0:\d+\S*: (?P<kind>Audio|Video): (?P<codec>\w+)(?P<rest>.*)")
_RATE: Final = re.compile(r"\b(\d+) Hz, (?:(mono)|(stereo)|(\d+) channels|(\d)\.(\d))")
_SIZE: Final = re.compile(r", (\d+)x(\d+)\b")
_FPS: Final = re.compile(r", (\d+(?:\.\d+)?) fps\b")


async def probe(url: str, *, ffmpeg: str, clock: Clock, timeout_s: float = 10.0) -> Probe:
    """The tracks behind `url`.

    A source without sound is an answer (`Probe.ok` is false), not an error. Raises `BadStreamUrl`,
    `MissingProgram`, and the `CaptureError` that tells why nothing can be read.
    """
    check_stream_url(url)
    evidence, lines = Evidence(url), list[str]()

    def hear(line: str) -> None:
        evidence.hear(line)
        lines.append(line)

    began = clock.monotonic()
    argv = probe_argv(ffmpeg, url, timeout_s=timeout_s)
    async with running(argv, on_stderr=hear, stdout=False, grace_s=0.0) as process:
        status = await within(process.finished(), timeout_s, clock)
    if not evidence.opened:
        if status is None:
            raise evidence.stalled(timeout_s, heard=False)
        raise evidence.ended(status, heard=False)
    audio, video = tracks(lines)
    return Probe(audio, video, elapsed_ms=round((clock.monotonic() - began) * 1000))


def tracks(lines: Iterable[str]) -> tuple[AudioTrack | None, VideoTrack | None]:
    """The first track of each kind in what FFmpeg prints about an input."""
    audio: AudioTrack | None = None
    video: VideoTrack | None = None
    for line in lines:
        if (track := _TRACK.search(line)) is None:
            continue
        if track["kind"] == "Audio" and audio is None:
            audio = _audio(track["codec"], track["rest"])
        elif track["kind"] == "Video" and video is None:
            video = _video(track["codec"], track["rest"])
    return audio, video


def _audio(codec: str, rest: str) -> AudioTrack | None:
    if (found := _RATE.search(rest)) is None:
        return None
    rate, mono, stereo, many, front, low = found.groups()
    channels = 1 if mono else 2 if stereo else int(many) if many else int(front) + int(low)
    return AudioTrack(codec, int(rate), channels)


def _video(codec: str, rest: str) -> VideoTrack | None:
    if (size := _SIZE.search(rest)) is None:
        return None
    fps = _FPS.search(rest)
    return VideoTrack(codec, int(size[1]), int(size[2]), float(fps[1]) if fps else None)
