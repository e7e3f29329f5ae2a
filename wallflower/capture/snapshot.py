"""One picture of what a camera sees now."""

from __future__ import annotations

import logging

from wallflower.capture.argv import snapshot_argv
from wallflower.capture.diagnosis import Evidence
from wallflower.domain.urls import check_stream_url, redact
from wallflower.runtime.clock import Clock, within
from wallflower.runtime.process import running

_log = logging.getLogger(__name__)


async def snapshot(
    url: str, *, ffmpeg: str, clock: Clock, width: int | None = None, timeout_s: float = 15.0
) -> bytes:
    """The next key frame of `url` as JPEG, `width` pixels wide at most (None: as it is).

    Cameras send a key frame every second or two, some only every ten. Raises `BadStreamUrl`,
    `MissingProgram`, `NoPicture`, `Stalled` when none came within `timeout_s`, and the
    `CaptureError` that tells why nothing can be read.
    """
    check_stream_url(url)
    evidence = Evidence(url, wants="picture")

    def hear(line: str) -> None:
        evidence.hear(line)
        _log.debug("%s", redact(line))

    argv = snapshot_argv(ffmpeg, url, width=width, timeout_s=timeout_s)
    # Given a moment to end by itself, FFmpeg takes its leave of the camera, which has few seats.
    async with running(argv, on_stderr=hear) as process:
        picture = await within(process.stdout.read(), timeout_s, clock)
        if picture is None:
            raise evidence.stalled(timeout_s, heard=False)
        if not picture:
            raise evidence.ended(await process.finished(), heard=False)
    return picture
