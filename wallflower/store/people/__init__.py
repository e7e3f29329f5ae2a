"""Whose voice is whose: decided by people, found out by the second look, forgotten.

deciding    what a person decides, one transaction each; `mending` makes the prints anew
correcting  keeps an image of all that a decision changes; `undoing` puts it back
revising    what the second look finds out; leaves alone what people decided
forgetting  nothing is left of somebody but their lines' texts
moving      lines and voices changing hands, for all of them
"""

from wallflower.store.people.mending import Mending
from wallflower.store.people.table import PeopleTable

__all__ = ["Mending", "PeopleTable"]
