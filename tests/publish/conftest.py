from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.mosquitto import Mosquitto, mosquitto
from wallflower.publish import MqttConfig


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    """A real one, of this test alone."""
    async with mosquitto(tmp_path) as broker:
        yield broker


@pytest.fixture
def config(broker: Mosquitto) -> MqttConfig:
    return MqttConfig(broker.host, broker.port)
