"""Rows out of the bytes of a table's leaf page, whatever happened to the rest of the file. Pure.

The format is described in "Database File Format" of SQLite's documentation, sections 1.6 (B-tree
pages) and 2.1 (record format). Damage must never raise here: a cell that makes no sense is left
out.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Final

Value = None | int | float | str | bytes

Overflow = Callable[[int, int], bytes | None]
"""`overflow(page, length)`: that many bytes of the chain of pages that begins at `page`."""

TABLE_LEAF: Final = 0x0D
FILE_HEADER: Final = 100
"""Bytes in front of the first page's own header."""

_INT_SIZES: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_FLOAT: Final = 7
_CONSTANTS: Final = {0: None, 8: 0, 9: 1}
_FIRST_BLOB: Final = 12
_VARINT_MAX: Final = 9


def rows_of_page(
    page: bytes, number: int, overflow: Overflow
) -> Iterator[tuple[int, tuple[Value, ...]]]:
    """(row id, columns) of every readable row on `page`; none unless it is a table's leaf."""
    header = FILE_HEADER if number == 1 else 0
    if page[header] != TABLE_LEAF:
        return
    (count,) = struct.unpack_from(">H", page, header + 3)
    first = header + 8
    count = min(count, (len(page) - first) // 2)
    for (at,) in struct.iter_unpack(">H", page[first : first + 2 * count]):
        if at >= first and (row := _row(page, at, overflow)) is not None:
            yield row


def _row(page: bytes, at: int, overflow: Overflow) -> tuple[int, tuple[Value, ...]] | None:
    try:
        size, at = varint(page, at)
        row_id, at = varint(page, at)
        payload = _payload(page, at, size, overflow)
        values = None if payload is None else record(payload)
    except (IndexError, KeyError, struct.error, UnicodeDecodeError):
        return None
    return None if values is None else (signed(row_id), values)


def _payload(page: bytes, at: int, size: int, overflow: Overflow) -> bytes | None:
    usable = len(page)
    most = usable - 35
    if size <= most:
        here = size
    else:
        least = (usable - 12) * 32 // 255 - 23
        here = least + (size - least) % (usable - 4)
        here = here if here <= most else least
    local = page[at : at + here]
    if len(local) < here:
        return None
    if here == size:
        return local
    (following,) = struct.unpack_from(">I", page, at + here)
    rest = overflow(following, size - here)
    return None if rest is None else local + rest


def record(payload: bytes) -> tuple[Value, ...] | None:
    """The columns of a record; None when header and body do not fit each other.

    Raises `IndexError`, `KeyError` or `UnicodeDecodeError` on bytes that cannot be a record.
    """
    header, at = varint(payload, 0)
    if not at <= header <= len(payload):
        return None
    kinds = []
    while at < header:
        kind, at = varint(payload, at)
        kinds.append(kind)
    if at != header or header + sum(map(_size, kinds)) != len(payload):
        return None
    values = []
    for kind in kinds:
        values.append(_value(kind, payload[at : at + _size(kind)]))
        at += _size(kind)
    return tuple(values)


def _size(kind: int) -> int:
    if kind >= _FIRST_BLOB:
        return (kind - _FIRST_BLOB) // 2
    if kind == _FLOAT:
        return 8
    return _INT_SIZES.get(kind, 0)


def _value(kind: int, data: bytes) -> Value:
    if kind in _INT_SIZES:
        return int.from_bytes(data, "big", signed=True)
    if kind == _FLOAT:
        number: float = struct.unpack(">d", data)[0]
        return number
    if kind >= _FIRST_BLOB:
        return data.decode() if kind % 2 else data
    return _CONSTANTS[kind]


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A variable-length integer at `at`, unsigned, and where it ends. Raises `IndexError`."""
    value = 0
    for position in range(at, at + _VARINT_MAX - 1):
        byte = data[position]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, position + 1
    return value << 8 | data[at + _VARINT_MAX - 1], at + _VARINT_MAX


def signed(value: int) -> int:
    """`value`'s 64 bits read as two's complement."""
    return value - (1 << 64) if value >> 63 else value
