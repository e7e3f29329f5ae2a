from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallflower.domain.errors import BadInput
from wallflower.store.search.query import LineQuery, Position, checked, cursor_at, position_at

INT64 = st.integers(-(2**63), 2**63 - 1)


@given(start_ns=INT64, line_id=INT64)
def test_a_cursor_remembers_its_place_and_fits_into_urls(start_ns: int, line_id: int) -> None:
    cursor = cursor_at(Position(start_ns, line_id))
    assert position_at(cursor) == Position(start_ns, line_id)
    assert cursor.replace("-", "").replace("_", "").isalnum()


@given(st.text(max_size=40) | st.text(alphabet="ABCab019-_=", max_size=40))
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="first page"):
        position_at(text)


def test_a_changed_cursor_is_refused() -> None:
    cursor = cursor_at(Position(1, 2))
    with pytest.raises(BadInput):
        position_at("B" + cursor[1:])


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_limits(limit: int) -> None:
    with pytest.raises(BadInput, match="between 1 and 500"):
        checked(LineQuery(limit=limit))
