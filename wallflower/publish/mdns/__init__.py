"""mDNS: this Wallflower is announced on the network, others are found."""

from wallflower.publish.mdns.announcement import Identity
from wallflower.publish.mdns.neighbours import look_around
from wallflower.publish.mdns.presence import Presence
from wallflower.publish.mdns.whether import silent_because

__all__ = ["Identity", "Presence", "look_around", "silent_because"]
