"""Recognition by WhisperLive servers, here or elsewhere on the network."""

from wallflower.asr.whisperlive.config import WhisperLiveConfig
from wallflower.asr.whisperlive.engine import WhisperLiveEngine
from wallflower.asr.whisperlive.trial import try_servers

__all__ = ["WhisperLiveConfig", "WhisperLiveEngine", "try_servers"]
