"""Words and turns become lines."""

from wallflower.timeline.fusion import fuse
from wallflower.timeline.prints import with_prints

__all__ = ["fuse", "with_prints"]
