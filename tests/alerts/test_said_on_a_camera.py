"""A keyword said on a camera, in the middle of talk that goes on: the whole house, in real time."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.events import Events, recorded
from tests.support.mosquitto import free_port
from tests.support.rtsp import make_media, rtsp_server
from wallflower.app import Running, run
from wallflower.domain.events import KeywordHeard, LineCommitted, PartialHeard
from wallflower.settings import Settings

pytestmark = [pytest.mark.peer, pytest.mark.alone]

TALK = (
    "the weather will be fine on monday and all of us walk through the garden "
    "where is the fire alarm in this old house because nobody has seen it for years "
    "and the kitchen needs some more light in the winter months"
)
"""10 s without a pause, the keyword in the middle."""


@pytest.fixture(autouse=True)
def blockbuster() -> None:
    """None here: a house that starts has the loop to itself, and may hold it up."""


def spoken(file: Path) -> Path:
    """`TALK` in the voice of FFmpeg's flite, after a second of rest; blocks."""
    argv = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"flite=text='{TALK}':voice=slt"]
    subprocess.run([*argv, "-af", "adelay=1000", "-ar", "16000", str(file)], check=True)
    return file


@asynccontextmanager
async def living_in(settings: dict[str, object], data: Path) -> AsyncIterator[Events]:
    """What the bus of a house told since it began to listen."""
    closing = asyncio.Event()
    opened: asyncio.Future[Running] = asyncio.get_running_loop().create_future()
    house = asyncio.create_task(
        run(Settings.model_validate(settings), data, closing=closing, on_running=opened.set_result),
        name="house",
    )
    await asyncio.wait((house, opened), return_when=asyncio.FIRST_COMPLETED)
    try:
        async with recorded(opened.result().services.bus) as events:
            yield events
    finally:
        closing.set()
        await house


async def test_it_is_told_once_while_somebody_talks_on(tmp_path: Path) -> None:
    speech = spoken(tmp_path / "talk.wav")
    media = make_media(tmp_path / "talk.mkv", seconds=12.5, speech=speech, video=None)
    async with rtsp_server({"/hall": media}) as cameras:
        settings: dict[str, object] = {
            "server": {"port": free_port()},
            "asr": {"partials": False},
            "alerts": {"keywords": ["fire alarm", {"phrase": "Help", "emergency": True}]},
            "streams": [{"name": "Hall", "url": cameras.url("/hall")}],
        }
        async with living_in(settings, tmp_path / "data") as events:
            await events.until(
                lambda told: any("winter" in each.line.text for each in told.of(LineCommitted))
            )
    (heard,) = events.of(KeywordHeard)
    assert (heard.stream_id, heard.keyword, heard.emergency) == ("hall", "fire alarm", False)
    assert "fire alarm" in heard.text
    assert heard.confidence > 0.5
    # It was told before what it was said in stood written.
    (line,) = [each for each in events.of(LineCommitted) if "fire alarm" in each.line.text]
    assert events.all.index(heard) < events.all.index(line)
    assert heard.line_id is None
    assert line.line.start <= heard.at <= line.line.end
    # The first words of a voice make nobody known; its line does.
    assert heard.speaker is None
    assert line.line.speaker is not None
    # Nobody asked for text so far to be shown.
    assert events.of(PartialHeard) == []
