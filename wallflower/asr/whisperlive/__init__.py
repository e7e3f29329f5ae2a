"""Recognition by WhisperLive servers, here or elsewhere on the network."""

from wallflower.asr.whisperlive.config import WhisperLiveConfig

__all__ = ["WhisperLiveConfig"]
