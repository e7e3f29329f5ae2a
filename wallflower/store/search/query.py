"""What can be asked of the lines, and pages with their cursors. Pure."""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from wallflower.domain.errors import BadInput
from wallflower.domain.speech import Line
from wallflower.domain.times import WallTime

LIMIT_MAX: Final = 500

_POSITION: Final = struct.Struct(">qq")
_CHECK: Final = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class LineQuery:
    """Which lines: all conditions that are not None must hold."""

    text: str | None = None
    """Words, "quoted phrases" and prefix*; case and accents do not matter. Never an error."""
    stream_id: str | None = None
    speaker_id: int | None = None
    since: WallTime | None = None
    """Lines that start at this moment or later."""
    until: WallTime | None = None
    """Lines that start before this moment."""
    limit: int = 50
    """At most this many to a page, 1 to 500."""
    cursor: str | None = None
    """`Page.next` of the page before; the other conditions should be the same again."""


@dataclass(frozen=True, slots=True)
class Page:
    """Lines, newest first."""

    items: tuple[Line, ...]
    next: str | None
    """The cursor for the page after this one; None on the last."""


@dataclass(frozen=True, slots=True)
class Position:
    """The place of a line in the order of pages: everything after it is smaller."""

    start_ns: int
    line_id: int


def cursor_at(position: Position) -> str:
    """An opaque text for URLs."""
    packed = _POSITION.pack(position.start_ns, position.line_id)
    packed += _CHECK.pack(zlib.crc32(packed))
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def position_at(cursor: str) -> Position:
    """Raises `BadInput` when `cursor` was not made by `cursor_at`."""
    try:
        packed = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), b"-_", True)
    except ValueError:
        packed = b""
    position, check = packed[: _POSITION.size], packed[_POSITION.size :]
    if len(position) < _POSITION.size or check != _CHECK.pack(zlib.crc32(position)):
        raise BadInput("The cursor is not one of ours; ask for the first page again.")
    return Position(*_POSITION.unpack(position))


def checked(query: LineQuery) -> LineQuery:
    """`query` itself. Raises `BadInput` when its limit is out of range."""
    if not 1 <= query.limit <= LIMIT_MAX:
        raise BadInput(f"The limit must be between 1 and {LIMIT_MAX}, not {query.limit}.")
    return query
