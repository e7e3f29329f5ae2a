"""A WhisperLive server of our own: the real one, as a child process from its own environment."""

from wallflower.asr.whisperlive.local.server import START_S, LocalConfig, LocalServer, find_server

__all__ = ["START_S", "LocalConfig", "LocalServer", "find_server"]
