"""All streams of this appliance: kept, started, stopped, muted; and its people."""

from wallflower.house.bootstrap import bootstrap
from wallflower.house.ear import ClipEar
from wallflower.house.house import House
from wallflower.house.keeping import Keeping
from wallflower.house.own_odds import OwnOdds
from wallflower.house.people import People
from wallflower.house.relearning import Relearning

__all__ = ["ClipEar", "House", "Keeping", "OwnOdds", "People", "Relearning", "bootstrap"]
