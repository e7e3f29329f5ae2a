"""Sound out of a camera or a file: one FFmpeg each, its PCM timed, its complaints understood."""

from wallflower.capture.clip import LONGEST_S, hear_clip
from wallflower.capture.ffmpeg import check_ffmpeg, find_ffmpeg
from wallflower.capture.probe import probe
from wallflower.capture.run import decode, listen

__all__ = ["LONGEST_S", "check_ffmpeg", "decode", "find_ffmpeg", "hear_clip", "listen", "probe"]
