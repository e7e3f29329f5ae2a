"""Which engine the settings give, with real embedded weights and servers that are not there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from tests.support.mosquitto import free_port
from wallflower.asr.embedded import EmbeddedEngine
from wallflower.asr.relay import Relay
from wallflower.domain.errors import BadSettings
from wallflower.domain.speech import Utterance
from wallflower.engines import recogniser
from wallflower.runtime.clock import SystemClock
from wallflower.runtime.health import Health, HealthState
from wallflower.settings.schema import AsrSettings, WhisperLiveSettings

CLOCK = SystemClock()


def away() -> WhisperLiveSettings:
    return WhisperLiveSettings(url=f"ws://127.0.0.1:{free_port()}")


@pytest.mark.parametrize(
    "settings",
    [AsrSettings(model="tiny.en"), AsrSettings(engine="embedded", whisperlive=away())],
)
async def test_without_servers_it_is_the_embedded_engine(
    settings: AsrSettings, tmp_path: Path
) -> None:
    async with recogniser(settings, tmp_path, clock=CLOCK, health=Health()) as recognising:
        assert isinstance(recognising.engine, EmbeddedEngine)
        info = recognising.info()
        assert (info.name, info.ready, info.servers) == ("embedded", False, ())


async def test_whisperlive_without_a_server_is_a_mistake(tmp_path: Path) -> None:
    settings = AsrSettings(engine="whisperlive")
    with pytest.raises(BadSettings, match=r"set asr.whisperlive.url, or asr.whisperlive.local"):
        async with recogniser(settings, tmp_path, clock=CLOCK, health=Health()):
            pass


@pytest.mark.parametrize("engine", ["auto", "whisperlive"])
async def test_embedded_writes_from_the_start_while_servers_are_away(
    engine: str, tmp_path: Path
) -> None:
    changed = asyncio.Event()
    health = Health(on_change=lambda _part: changed.set())
    settings = AsrSettings.model_validate(
        {"engine": engine, "model": "tiny.en", "whisperlive": away()}
    )
    silence = Utterance("hall", 1, np.zeros(16_000, np.int16), CLOCK.wall(), 0.0, 1.0)
    async with recogniser(settings, tmp_path, clock=CLOCK, health=health) as recognising:
        assert isinstance(recognising.engine, Relay)
        await recognising.engine.start()
        transcript = await recognising.engine.open("hall").final(silence)
        assert transcript.engine == "embedded:tiny.en"
        assert recognising.info().taken_over == 1
        async with asyncio.timeout(60):
            while not (health.parts()["whisperlive"].detail or "").endswith(
                "the embedded engine writes meanwhile."
            ):
                changed.clear()
                await changed.wait()
        assert health.parts()["whisperlive"].state is HealthState.DEGRADED
        assert health.parts()["embedded engine"].state is HealthState.OK


async def test_without_a_model_whisperlive_stands_alone(tmp_path: Path) -> None:
    settings = AsrSettings(engine="whisperlive", model="base.en", whisperlive=away())
    health = Health()
    async with recogniser(settings, tmp_path, clock=CLOCK, health=health) as recognising:
        relay = recognising.engine
        assert isinstance(relay, Relay)
        assert not relay.stand_in
        await relay.start()
        assert "embedded engine" not in health.parts()
    assert not (tmp_path / "models").exists()
