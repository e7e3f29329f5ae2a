"""Names of the files around a database."""

from __future__ import annotations

from pathlib import Path

from wallflower.domain.times import WallTime


def wal_of(path: Path) -> Path:
    """SQLite's write-ahead log of `path`."""
    return path.with_name(path.name + "-wal")


def shm_of(path: Path) -> Path:
    """SQLite's index into that log, made again whenever it is missing."""
    return path.with_name(path.name + "-shm")


def beside(path: Path, label: str, now: WallTime) -> Path:
    """A free name next to `path`: `wallflower.db.damaged-20261122T081530Z`."""
    stamp = now.iso()[:19].replace("-", "").replace(":", "") + "Z"
    candidate = path.with_name(f"{path.name}.{label}-{stamp}")
    number = 1
    while candidate.exists() or wal_of(candidate).exists():
        number += 1
        candidate = path.with_name(f"{path.name}.{label}-{stamp}-{number}")
    return candidate
