"""All streams of this appliance: kept, started, stopped, muted; and its people."""

from wallflower.house.bootstrap import bootstrap
from wallflower.house.ear import ClipEar
from wallflower.house.house import House
from wallflower.house.keeping import Keeping, scrub
from wallflower.house.names import offer_names
from wallflower.house.own_odds import OwnOdds
from wallflower.house.people import People
from wallflower.house.relearning import Relearning
from wallflower.house.second_look import SecondLook
from wallflower.house.voices import Voices, open_voices

__all__ = [
    "ClipEar",
    "House",
    "Keeping",
    "OwnOdds",
    "People",
    "Relearning",
    "SecondLook",
    "Voices",
    "bootstrap",
    "offer_names",
    "open_voices",
    "scrub",
]
