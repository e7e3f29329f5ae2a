"""A short recording that somebody sends, as sound in memory."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import ClassVar, Final

import numpy as np

from wallflower.capture.run import decode
from wallflower.domain.errors import BadInput, CaptureError, NoAudio
from wallflower.domain.speech import Pcm
from wallflower.runtime.clock import Clock

LONGEST_S: Final = 120.0

FORMATS: Final = (
    "aac",
    "aiff",
    "amr",
    "caf",
    "flac",
    "matroska",
    "mov",
    "mp3",
    "ogg",
    "wav",
    "webm",
)
"""What recorders write. Nothing that names other files: a stranger chose these bytes."""


class BadClip(BadInput):
    code: ClassVar[str] = "bad_clip"


async def hear_clip(recording: bytes, *, ffmpeg: str, clock: Clock) -> Pcm:
    """The sound of a recording in one of `FORMATS`, mono at 16 kHz.

    It never touches a disk. Raises `BadClip` when there is no sound in it that FFmpeg can read,
    or more than `LONGEST_S` seconds of it, and `MissingProgram`.
    """
    blocks: list[bytes] = []
    async with _as_file(recording) as path:
        stream = decode(path, ffmpeg=ffmpeg, clock=clock, formats=FORMATS)
        try:
            async with aclosing(stream):
                async for block in stream:
                    blocks.append(block.data)
                    if block.media.ns > LONGEST_S * 1e9:
                        raise BadClip(
                            f"The clip is longer than {LONGEST_S:g} s; send the part in which "
                            "the person talks alone."
                        )
        except NoAudio:
            raise BadClip("There is no sound in the clip; record it again.") from None
        except CaptureError:
            raise BadClip(
                "FFmpeg cannot read the clip; send WAV, FLAC, MP3, M4A, OGG or WebM."
            ) from None
    return np.frombuffer(b"".join(blocks), dtype="<i2").astype(np.int16)


@asynccontextmanager
async def _as_file(recording: bytes) -> AsyncIterator[str]:
    """A path in memory under which FFmpeg can read `recording`, forwards and backwards."""
    memory = os.memfd_create("clip")
    try:
        await asyncio.to_thread(_write, memory, recording)
        yield f"/proc/{os.getpid()}/fd/{memory}"
    finally:
        os.close(memory)


def _write(memory: int, recording: bytes) -> None:
    with open(memory, "wb", closefd=False) as file:
        file.write(recording)
