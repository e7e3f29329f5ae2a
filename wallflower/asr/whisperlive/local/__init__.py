"""A WhisperLive server of our own: the real one, as a child process from its own environment."""

from wallflower.asr.whisperlive.local.server import LocalConfig, LocalServer

__all__ = ["LocalConfig", "LocalServer"]
