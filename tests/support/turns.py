"""Tests that must have the machine to themselves, where several pytest workers share it.

A test marked `alone` judges how soon a real server answers. It begins when no other test runs, and
none begins before it has ended. Everything else runs side by side.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def turn(folder: Path, *, alone: bool) -> Iterator[None]:
    """Wait for a turn among the processes that share `folder`, and have it. Blocks."""
    with (folder / "door.lock").open("a") as door, (folder / "room.lock").open("a") as room:
        # Whoever waits for the room to be empty holds the door, so that nobody slips in.
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        yield
