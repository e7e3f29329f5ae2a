"""Which engine writes: built from the settings, with everything it needs around it."""

from wallflower.engines.asked import server_folder, whisperlive_config
from wallflower.engines.recogniser import Recogniser, recogniser

__all__ = ["Recogniser", "recogniser", "server_folder", "whisperlive_config"]
