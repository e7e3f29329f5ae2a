"""Trying a URL before it becomes a stream."""

from __future__ import annotations

from http import HTTPStatus

from quart import Blueprint, Response
from quart_schema import document_response, tag

from wallflower.api.answers import answer
from wallflower.api.inputs import takes_body
from wallflower.api.problems import raises
from wallflower.api.schema.streams import ProbeIn, ProbeOut
from wallflower.api.services import services
from wallflower.domain.errors import CaptureError, MissingProgram, NoAudio
from wallflower.domain.tracks import AudioTrack, Probe, VideoTrack
from wallflower.domain.urls import check_stream_url

probe = Blueprint("probe", __name__)


@probe.post("/api/streams/probe")
@tag(["streams"])
@document_response(ProbeOut)
@raises(HTTPStatus.UNPROCESSABLE_ENTITY)
@takes_body(ProbeIn)
async def probe_url(data: ProbeIn) -> Response:
    """Try a URL: can it be reached, and which tracks does it have?

    A source that cannot be read is an answer too: `ok` is false and `detail` tells why.
    """
    check_stream_url(data.url)
    clock = services().clock
    began = clock.monotonic()
    result: Probe | None = None
    code: str | None
    try:
        result = await services().probe(data.url)
        code, detail = judge(result)
    except (CaptureError, MissingProgram) as error:
        code, detail = error.code, str(error)
    elapsed_ms = round((clock.monotonic() - began) * 1000)
    return answer(ProbeOut.of(result, code=code, detail=detail, elapsed_ms=elapsed_ms))


def judge(result: Probe) -> tuple[str | None, str]:
    """The code (None: good) and the sentence for what a source offers."""
    video = _video(result.video) if result.video else "no picture"
    if result.audio is None:
        return NoAudio.code, (
            f"The source has {video} but no sound; switch the microphone on in the camera's "
            "settings or choose another of its streams."
        )
    return None, f"The source can be listened to: {_audio(result.audio)}, {video}."


def _audio(track: AudioTrack) -> str:
    channels = {1: "mono", 2: "stereo"}.get(track.channels, f"{track.channels} channels")
    return f"{track.codec} sound at {track.sample_rate / 1000:g} kHz, {channels}"


def _video(track: VideoTrack) -> str:
    rate = "" if track.fps is None else f" at {track.fps:g} frames per second"
    return f"{track.codec} picture of {track.width}×{track.height}{rate}"
