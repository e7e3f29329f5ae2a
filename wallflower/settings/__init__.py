"""What the owner decides: a typed schema, loaded from a file and the environment."""

from wallflower.settings.load import load_settings
from wallflower.settings.schema import Settings

__all__ = ["Settings", "load_settings"]
