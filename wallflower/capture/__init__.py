"""Sound out of a camera or a file: one FFmpeg each, its PCM timed, its complaints understood."""

from wallflower.capture.ffmpeg import check_ffmpeg, find_ffmpeg
from wallflower.capture.probe import probe
from wallflower.capture.run import decode, listen

__all__ = ["check_ffmpeg", "decode", "find_ffmpeg", "listen", "probe"]
