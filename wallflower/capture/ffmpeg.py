"""Where FFmpeg is, and whether it is new enough."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

from wallflower.domain.errors import MissingProgram
from wallflower.runtime.process import running

OLDEST: Final = 5
"""The first major version whose RTSP reader knows `-timeout`; before, that word meant listening."""

_INSTALL: Final = "install it (Debian: apt-get install ffmpeg) or add imageio-ffmpeg with pip"
_VERSION: Final = re.compile(r"ffmpeg version n?(\d+)\.\d")


def find_ffmpeg(configured: str | None = None) -> str:
    """The FFmpeg to start: the configured one, else PATH's, else that of imageio-ffmpeg.

    `configured` is a path or a name on PATH. Looks at the disk: call it before the event loop has
    work to do. Raises `MissingProgram` when there is none, or not the one that is configured.
    """
    if configured:
        if (found := shutil.which(str(Path(configured).expanduser()))) is None:
            raise MissingProgram(
                f"The configured FFmpeg {configured!r} is not there or cannot be run; "
                "correct capture.ffmpeg or leave it empty."
            )
        return found
    if (found := shutil.which("ffmpeg")) is not None:
        return found
    try:
        import imageio_ffmpeg  # noqa: PLC0415 - an extra that few need

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        raise MissingProgram(f"FFmpeg is not on the PATH; {_INSTALL}.") from None


async def check_ffmpeg(ffmpeg: str) -> str:
    """The version `ffmpeg` gives of itself.

    Raises `MissingProgram` when it cannot be started, is not FFmpeg, or is older than `OLDEST`.
    A build without a version number (from FFmpeg's git) is trusted.
    """
    async with running([ffmpeg, "-version"]) as process:
        first = (await process.stdout.readline()).decode(errors="replace")
    if not first.startswith("ffmpeg version "):
        raise MissingProgram(f"{ffmpeg!r} is not FFmpeg; {_INSTALL}.")
    version = first.split()[2]
    if (number := _VERSION.match(first)) is not None and int(number[1]) < OLDEST:
        raise MissingProgram(
            f"FFmpeg {version} is too old, {OLDEST} or newer is needed: {_INSTALL}, "
            "and name it in capture.ffmpeg."
        )
    return version
