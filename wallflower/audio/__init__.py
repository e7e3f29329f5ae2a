"""PCM framing, ring buffer, voice detection, and the cutting of speech into utterances."""

from wallflower.audio.heard import Ended, Grew, Heard, Paused, SpeechBegan
from wallflower.audio.judge import SileroModel
from wallflower.audio.segmenter import Segmenter
from wallflower.audio.silence import SilenceWatch
from wallflower.audio.tuning import SegmenterSettings

__all__ = [
    "Ended",
    "Grew",
    "Heard",
    "Paused",
    "Segmenter",
    "SegmenterSettings",
    "SilenceWatch",
    "SileroModel",
    "SpeechBegan",
]
