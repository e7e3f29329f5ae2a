"""Words and turns become lines."""

from wallflower.timeline.fusion import fuse

__all__ = ["fuse"]
