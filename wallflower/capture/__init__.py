"""Sound out of a camera or a file, a picture out of a camera: one FFmpeg each.

Its PCM is timed, its complaints are understood.
"""

from wallflower.capture.clip import LONGEST_S, hear_clip
from wallflower.capture.ffmpeg import check_ffmpeg, find_ffmpeg
from wallflower.capture.finding import find_cameras
from wallflower.capture.probe import probe
from wallflower.capture.run import decode, listen
from wallflower.capture.snapshot import snapshot

__all__ = [
    "LONGEST_S",
    "check_ffmpeg",
    "decode",
    "find_cameras",
    "find_ffmpeg",
    "hear_clip",
    "listen",
    "probe",
    "snapshot",
]
