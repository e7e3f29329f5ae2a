"""FFmpeg's command lines: from any source to 16 kHz mono PCM, or one JPEG, on stdout.

**One block, one write.** `asetnsamples` gathers the sound into blocks of `BLOCK_SAMPLES`; FFmpeg
writes each at once, so our loop wakes 8 times a second however small the camera's packets are.

**Media time is a count of samples**, so samples have to stay true to the source's clock:
- RTSP and RTMP stamp every packet. When a camera drops packets on a bad network, `async=1` fills
  the hole with silence (or trims what came twice) and the count stays right. It acts from half a
  second on: cameras stamp sloppily, and speech must not be cut for that.
- Elsewhere live (HTTP, a looped file) stamps are no better than the count, and worse after a
  change of sample rate within MPEG-TS, where FFmpeg goes on computing them with the old rate:
  `async` would then tear the sound to pieces. There, resampling alone keeps it whole.
- A file that is decoded wants its own time: `first_pts=0` puts silence before sound that starts
  late, `async=1` fills holes from 0.1 s on (FFmpeg's default).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from wallflower.domain.times import SAMPLE_RATE

BLOCK_SAMPLES: Final = 2048
"""128 ms: the most that gathering may add to a line's delay."""
BLOCK_BYTES: Final = 2 * BLOCK_SAMPLES

_STAMPED: Final = ("rtsp", "rtsps", "rtmp")
_GRACE_S: Final = 5.0
"""FFmpeg's own time-outs come after ours, which know better what to say."""


def listen_argv(ffmpeg: str, url: str, *, stall_s: float) -> list[str]:
    """Sound of the live source `url` (`check_stream_url` passes it), as it happens.

    A file plays in real time, and again and again with `?loop=1`.
    """
    scheme = urlsplit(url).scheme
    resample = "aresample=16000"
    if scheme in _STAMPED:
        resample += ":async=1:min_hard_comp=0.5"
    pace = []
    if scheme == "file":
        loop = parse_qs(urlsplit(url).query).get("loop") == ["1"]
        pace = ["-re", *(["-stream_loop", "-1"] if loop else [])]
    sound_only = ["-allowed_media_types", "audio"] if scheme in ("rtsp", "rtsps") else []
    return [*_begin(ffmpeg), *pace, *sound_only, *_source(url, stall_s), *_pcm(resample)]


def decode_argv(
    ffmpeg: str, source: str, *, stall_s: float, formats: Collection[str] = ()
) -> list[str]:
    """All the sound of the media file `source` (a path or a URL), as fast as it is read.

    With `formats` only those are read: a playlist, say, would make FFmpeg open what it names.
    """
    resample = "aresample=16000:async=1:first_pts=0"
    only = ["-format_whitelist", ",".join(formats)] if formats else []
    return [*_begin(ffmpeg), *only, *_source(source, stall_s), *_pcm(resample)]


def probe_argv(ffmpeg: str, url: str, *, timeout_s: float) -> list[str]:
    """Only tell on stderr which tracks `url` has, picture included, and exit with an error."""
    return [*_begin(ffmpeg), *_source(url, timeout_s)]


def snapshot_argv(ffmpeg: str, url: str, *, width: int | None, timeout_s: float) -> list[str]:
    """The next key frame of `url` as a JPEG, `width` pixels wide at most (None: as it is)."""
    picture_only = []
    if urlsplit(url).scheme in ("rtsp", "rtsps"):
        picture_only = ["-allowed_media_types", "video"]
    # What builds on frames from before we came is grey mush; asking the decoder itself to skip it
    # (-skip_frame) would hold the key frame back until two more have come.
    look = "select=key,scale=out_range=pc"
    if width is not None:
        look += f":w=min(iw\\,{width}):h=-2"
    form = ["-frames:v", "1", "-c:v", "mjpeg", "-q:v", "3", "-f", "image2pipe", "pipe:1"]
    source = _source(url, timeout_s)
    return [*_begin(ffmpeg), *picture_only, *source, "-map", "0:v:0", "-vf", look, *form]


def _begin(ffmpeg: str) -> list[str]:
    # verbose tells what was reached (connected, SDP, tracks) and is quiet while sound flows.
    quiet = ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "level+verbose"]
    return [ffmpeg, *quiet, "-filter_threads", "1", "-threads", "1"]


def _source(source: str, stall_s: float) -> list[str]:
    scheme = urlsplit(source).scheme if "://" in source else ""
    patience = str(round((stall_s + _GRACE_S) * 1e6))
    if scheme in ("rtsp", "rtsps"):
        # The SDP names the tracks: there is little to analyse.
        fast = ["-analyzeduration", "1000000"]
        return [*fast, "-rtsp_transport", "tcp", "-timeout", patience, "-i", source]
    if scheme in ("rtmp", "http", "https"):
        return ["-rw_timeout", patience, "-i", source]
    # FFmpeg takes the path as it is, so that a ":" or "-" in it means nothing.
    path = unquote(urlsplit(source).path) if scheme == "file" else source
    return ["-i", f"file:{path}"]


def _pcm(resample: str) -> list[str]:
    gather = f"asetnsamples=n={BLOCK_SAMPLES}:p=0"
    form = ["-ac", "1", "-ar", str(SAMPLE_RATE), "-c:a", "pcm_s16le", "-f", "s16le"]
    return ["-map", "0:a:0", "-vn", "-sn", "-dn", "-af", f"{resample},{gather}", *form, "pipe:1"]
