"""Recognition by WhisperLive servers, here or elsewhere on the network."""

from wallflower.asr.whisperlive.config import WhisperLiveConfig
from wallflower.asr.whisperlive.engine import WhisperLiveEngine

__all__ = ["WhisperLiveConfig", "WhisperLiveEngine"]
