"""What was said in the last day, told at the real Mosquitto when somebody asks."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.publish.rig import NOON, rigged, serving
from tests.support.mosquitto import Listener, listening, retained
from wallflower.publish import MqttConfig, recall

pytestmark = pytest.mark.peer

LINES = "wallflower/hall/lines"
DAY_S = 86_400.0


async def asked(listener: Listener, times: int) -> dict[str, Any]:
    """The answer to a question that is asked for the `times`th time."""
    await listener.until(lambda me: "online" in me.on("wallflower/status"))
    await listener.client.publish("wallflower/hall/command", b"lines", qos=1)
    return dict(json.loads((await listener.payloads(LINES, times))[-1]))


async def test_the_last_day_of_one_stream(config: MqttConfig, tmp_path: Path) -> None:
    async with rigged(tmp_path, config, streams=("Hall", "Kitchen")) as rig, serving(rig):
        anna = (await rig.person("Anna")).ref(0.99)
        guess = replace(anna, sure=False)
        await rig.say("First {{ 1/0 }} 🦊.", speaker=anna)
        await rig.say("In the kitchen.", "kitchen")
        await rig.say("Second.", speaker=guess)
        async with listening(config.port) as listener:
            await rig.clock.advance(NOON.plus(DAY_S).seconds_since(rig.clock.wall()))
            told = await asked(listener, 1)
            assert told == {
                "stream": "hall",
                "from": NOON.iso(),
                "to": NOON.plus(DAY_S).iso(),
                "complete": True,
                "lines": [
                    {"start": NOON.iso(), "speaker": "Anna", "text": "First {{ 1/0 }} 🦊."},
                    {"start": NOON.plus(2).iso(), "speaker": None, "text": "Second."},
                ],
            }
            await rig.clock.advance(1.0)
            told = await asked(listener, 2)
            assert [line["text"] for line in told["lines"]] == ["Second."]
        assert LINES not in await retained(config.port)


async def test_of_too_many_the_newest(
    config: MqttConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recall, "PAGE", 2)
    monkeypatch.setattr(recall, "MOST", 4)
    async with rigged(tmp_path, config) as rig, serving(rig), listening(config.port) as listener:
        await rig.say_all([f"Line {number}." for number in range(7)])
        await rig.clock.advance(max(0.0, NOON.plus(60).seconds_since(rig.clock.wall())))
        told = await asked(listener, 1)
        assert [line["text"] for line in told["lines"]] == [f"Line {n}." for n in (3, 4, 5, 6)]
        assert not told["complete"]
