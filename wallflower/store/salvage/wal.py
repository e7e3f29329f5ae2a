"""SQLite's write-ahead log, read even where SQLite itself would stop.

SQLite uses a log up to the first frame whose checksum is wrong and says nothing about the rest.
The format: "WAL-mode File Format" of its documentation.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

_HEADER: Final = struct.Struct(">8I")
"""Magic, format, page size, checkpoint number, two salts, two checksums."""
_FRAME: Final = struct.Struct(">6I")
"""Page number, size of the database after a commit or 0, two salts, two checksums."""
_MAGIC: Final = {0x377F0682: "<", 0x377F0683: ">"}
"""With the byte order of the checksums."""


@dataclass(frozen=True, slots=True)
class Frame:
    page: int
    offset: int
    """Where the page's content begins in the log."""


@dataclass(frozen=True, slots=True)
class Log:
    frames: tuple[Frame, ...]
    """Of finished transactions, oldest first."""
    damaged: bool
    """True when the log holds more than SQLite would use."""


EMPTY: Final = Log((), damaged=False)


def read_log(path: Path, page_size: int) -> Log:
    """The log at `path`; empty when there is none. Raises `OSError`; blocks."""
    try:
        data = memoryview(path.read_bytes())
    except FileNotFoundError:
        return EMPTY
    step = _FRAME.size + page_size
    count = max(0, len(data) - _HEADER.size) // step
    if count == 0:
        return EMPTY
    heads = [_FRAME.unpack_from(data, _HEADER.size + step * i) for i in range(count)]
    trusted, salts = _trusted(data, heads, page_size)
    # A log is begun again from the front with new salts; frames behind with older ones are waste.
    current = [i for i, head in enumerate(heads) if head[2:4] == salts]
    last_commit = max((i for i in current if heads[i][1]), default=-1)
    frames = tuple(
        Frame(heads[i][0], _HEADER.size + step * i + _FRAME.size)
        for i in current
        if i <= last_commit
    )
    return Log(frames, damaged=last_commit >= trusted)


def _trusted(
    data: memoryview, heads: list[tuple[int, ...]], page_size: int
) -> tuple[int, tuple[int, ...]]:
    """How many frames SQLite would use, and the salts of the current ones."""
    magic, _, logged_page_size, _, *rest = _HEADER.unpack_from(data)
    order = _MAGIC.get(magic)
    sums = (0, 0) if order is None else _checksum(order, data[:24], (0, 0))
    if order is None or logged_page_size != page_size or sums != tuple(rest[2:]):
        # Without a header: the current salts are those in front, and damage hits no two alike.
        pairs = pairwise(head[2:4] for head in heads)
        return 0, next((one for one, other in pairs if one == other), heads[0][2:4])
    salts = tuple(rest[:2])
    step = _FRAME.size + page_size
    for i, head in enumerate(heads):
        at = _HEADER.size + step * i
        sums = _checksum(order, data[at : at + 8], sums)
        sums = _checksum(order, data[at + _FRAME.size : at + step], sums)
        if head[2:4] != salts or sums != head[4:6]:
            return i, salts
    return len(heads), salts


def _checksum(order: str, data: memoryview, sums: tuple[int, int]) -> tuple[int, int]:
    first, second = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second
