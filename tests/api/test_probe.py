"""Trying a URL over HTTP."""

from __future__ import annotations

import asyncio

from tests.api.served import Served
from tests.api.sse_client import PATIENCE_S
from tests.support.clock import settle
from wallflower.api.probe import judge
from wallflower.domain.errors import (
    BadStreamUrl,
    CaptureError,
    MissingProgram,
    NoAudio,
    Unauthorized,
    Unreachable,
    WallflowerError,
)
from wallflower.domain.tracks import AudioTrack, Probe, VideoTrack

URL = "rtsp://user:secret@10.0.0.7/live"
AUDIO = AudioTrack("aac", 44_100, 2)
VIDEO = VideoTrack("h264", 1920, 1080, 25.0)


async def test_a_good_source(served: Served) -> None:
    asking = asyncio.create_task(served.client.post("/api/streams/probe", json={"url": URL}))
    async with asyncio.timeout(PATIENCE_S):
        while not served.probed:
            await settle()
    await served.clock.advance(1.25)
    served.probe.set_result(Probe(AUDIO, VIDEO, elapsed_ms=0))
    answer = await asking
    assert answer.status_code == 200
    assert answer.json() == {
        "ok": True,
        "detail": "The source can be listened to: aac sound at 44.1 kHz, stereo, "
        "h264 picture of 1920×1080 at 25 frames per second.",
        "code": None,
        "audio": {"codec": "aac", "sample_rate": 44_100, "channels": 2},
        "video": {"codec": "h264", "width": 1920, "height": 1080, "fps": 25.0},
        "elapsed_ms": 1250,
    }
    assert served.probed == [URL]


async def test_a_source_that_cannot_be_read_is_an_answer(served: Served) -> None:
    errors: list[WallflowerError] = [
        Unreachable("rtsp://user:secret@10.0.0.7/live does not answer; is the camera on?"),
        Unauthorized("The camera refuses the password."),
        NoAudio("The stream has no sound."),
        CaptureError("It cannot be read."),
        MissingProgram("FFmpeg is not installed; install it."),
    ]
    for error in errors:
        served.probe = asyncio.get_running_loop().create_future()
        served.probe.set_exception(error)
        answer = await served.client.post("/api/streams/probe", json={"url": URL})
        assert answer.status_code == 200
        body = answer.json()
        assert (body["ok"], body["code"]) == (False, error.code)
        assert (body["audio"], body["video"]) == (None, None)
        assert body["detail"].endswith(str(error)[-15:])
        assert "secret" not in answer.text


async def test_a_url_only_the_probe_can_refuse(served: Served) -> None:
    served.probe.set_exception(BadStreamUrl("There is no such file."))
    answer = await served.client.post("/api/streams/probe", json={"url": "file:///nothing"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "bad_stream_url"


def test_a_camera_without_a_microphone_is_told_from_one_with() -> None:
    code, detail = judge(Probe(None, VIDEO, elapsed_ms=0))
    assert code == "stream_without_audio"
    assert "h264 picture" in detail
    assert "no sound" in detail
    code, detail = judge(Probe(AudioTrack("opus", 48_000, 1), None, elapsed_ms=0))
    assert code is None
    assert detail == "The source can be listened to: opus sound at 48 kHz, mono, no picture."


def test_what_a_source_does_not_tell_is_left_out() -> None:
    _, detail = judge(
        Probe(AudioTrack("pcm_alaw", 8000, 6), VideoTrack("hevc", 640, 360, None), elapsed_ms=0)
    )
    assert "6 channels" in detail
    assert "hevc picture of 640×360." in detail
