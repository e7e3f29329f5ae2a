from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.homeassistant_app.keeper import Keeper, keeping
from wallflower.homeassistant import Supervisor


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
async def supervisor(keeper: Keeper) -> AsyncIterator[Supervisor]:
    async with keeping(keeper) as supervisor:
        yield supervisor
