"""All streams of this appliance: kept, started, stopped, muted."""

from wallflower.house.bootstrap import bootstrap
from wallflower.house.house import House

__all__ = ["House", "bootstrap"]
