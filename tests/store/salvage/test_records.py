from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallflower.store.salvage.records import Value, record, rows_of_page, signed, varint

EXAMPLES: list[tuple[bytes, tuple[Value, ...]]] = [
    # Header length, a type for each column, then the columns.
    (bytes([2, 0]), (None,)),
    (bytes([3, 8, 9]), (0, 1)),
    (bytes([2, 1, 0xFF]), (-1,)),
    (bytes([2, 5, 0, 0, 0, 0, 1, 0]), (256,)),
    (bytes([2, 7]) + struct.pack(">d", 0.25), (0.25,)),
    (bytes([3, 0x13, 0x12]) + b"abc" + b"\x00\xff\x00", ("abc", b"\x00\xff\x00")),
]


@pytest.mark.parametrize(("payload", "values"), EXAMPLES)
def test_records(payload: bytes, values: tuple[Value, ...]) -> None:
    assert record(payload) == values


@pytest.mark.parametrize(
    "payload",
    [
        bytes([2, 1]),  # a column without its byte
        bytes([2, 0, 0]),  # a byte without its column
        bytes([9, 0]),  # a header longer than the record
        bytes([0]),  # a header shorter than itself
    ],
)
def test_what_does_not_fit_is_no_record(payload: bytes) -> None:
    assert record(payload) is None


@pytest.mark.parametrize("kind", [10, 11])
def test_reserved_types_are_no_record(kind: int) -> None:
    with pytest.raises(KeyError):
        record(bytes([2, kind]))


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"\x00", 0),
        (b"\x7f", 127),
        (b"\x81\x00", 128),
        (b"\xff\x7f", 16383),
        (b"\xff" * 9, 2**64 - 1),
    ],
)
def test_varints(data: bytes, value: int) -> None:
    assert varint(data, 0) == (value, len(data))


def test_numbers_below_zero() -> None:
    assert [signed(n) for n in (0, 2**63 - 1, 2**63, 2**64 - 1)] == [0, 2**63 - 1, -(2**63), -1]


@given(st.binary(min_size=512, max_size=512), st.integers(1, 3))
def test_no_page_is_too_broken(page: bytes, number: int) -> None:
    for first in (page, b"\x0d" + page[1:]):
        list(rows_of_page(first, number, lambda _page, length: bytes(length % 10_000)))
