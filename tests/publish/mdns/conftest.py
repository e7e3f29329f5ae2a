from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.lan import lan


@pytest.fixture
def address() -> Iterator[str]:
    """Our address in a network of the test's own. Not for anything that opened a loop before."""
    with lan() as address:
        yield address
