"""Streams, lines, voices and what happened to them, on disk before anybody hears of it."""

from wallflower.store.checkpoint import checkpoint
from wallflower.store.committer import Committer
from wallflower.store.damage import find_damage
from wallflower.store.database import Store
from wallflower.store.people import Mending
from wallflower.store.search.query import LineQuery, Page

__all__ = ["Committer", "LineQuery", "Mending", "Page", "Store", "checkpoint", "find_damage"]
