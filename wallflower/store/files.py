"""Names of the files around a database."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

from wallflower.domain.times import WallTime

PAGE_SIZE: Final = 4096
"""Bytes to a page in the files we make."""


def wal_of(path: Path) -> Path:
    """SQLite's write-ahead log of `path`."""
    return path.with_name(path.name + "-wal")


def shm_of(path: Path) -> Path:
    """SQLite's index into that log, made again whenever it is missing."""
    return path.with_name(path.name + "-shm")


def mark_of(path: Path) -> Path:
    """Its presence says that `path` was found damaged and waits for repair."""
    return path.with_name(path.name + "-repair")


def page_size_of(path: Path) -> int:
    """Ours, unless an intact header says otherwise: somebody rebuilt the file. Blocks."""
    if not path.exists():
        return PAGE_SIZE
    with path.open("rb") as file:
        header = file.read(18)
    if header[:16] != b"SQLite format 3\0" or len(header) < 18:
        return PAGE_SIZE
    (size,) = struct.unpack(">H", header[16:])
    # 65536 does not fit and is written as 1.
    size = 65536 if size == 1 else size
    return size if size >= 512 and size & (size - 1) == 0 else PAGE_SIZE


def beside(path: Path, label: str, now: WallTime) -> Path:
    """A free name next to `path`: `wallflower.db.damaged-20261122T081530Z`."""
    stamp = now.iso()[:19].replace("-", "").replace(":", "") + "Z"
    candidate = path.with_name(f"{path.name}.{label}-{stamp}")
    number = 1
    while candidate.exists() or wal_of(candidate).exists():
        number += 1
        candidate = path.with_name(f"{path.name}.{label}-{stamp}-{number}")
    return candidate
