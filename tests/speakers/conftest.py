from __future__ import annotations

from collections.abc import Iterator

import pytest

from wallflower.runtime.workers import Workers
from wallflower.speakers import Encoder


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return Encoder.load()


@pytest.fixture
def workers() -> Iterator[Workers]:
    workers = Workers("speakers")
    yield workers
    workers.close()
