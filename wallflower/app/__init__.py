"""The composition root: the only place that builds things."""

from wallflower.app.run import EDGES_S, Running, run

__all__ = ["EDGES_S", "Running", "run"]
