"""Streams, their status, and the test of a URL."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field

from wallflower.api.schema.fields import Input, Name, Output
from wallflower.domain.control import HouseControl
from wallflower.domain.streams import StreamHealth, StreamSpec, StreamState
from wallflower.domain.tracks import AudioTrack, Probe, VideoTrack
from wallflower.domain.urls import redact

StreamUrl = Annotated[str, Field(max_length=2000, examples=["rtsp://user:password@10.0.0.7/live"])]


class StreamStatusOut(Output):
    """How a stream is doing right now."""

    state: StreamState
    detail: str | None = Field(description="What is wrong and what to do, one sentence")
    code: str | None = Field(description="Stable name of what is wrong")
    silent: bool = Field(description="Audio arrives but is digital silence")
    restarts: int = Field(description="Captures started again since Wallflower started")
    dropped_s: float = Field(description="Seconds of audio lost because Wallflower was behind")
    fps: float | None = Field(description="Video frames per second, where video is read")

    @classmethod
    def of(cls, health: StreamHealth) -> Self:
        return cls(
            state=health.state,
            detail=None if health.detail is None else redact(health.detail),
            code=health.code,
            silent=health.silent,
            restarts=health.restarts,
            dropped_s=health.dropped_s,
            fps=health.fps,
        )


class StreamOut(Output):
    """A stream (people say camera) as its owner configured it, and its status."""

    id: str
    name: str
    url: str = Field(description="Without its credentials")
    enabled: bool
    listening: bool = Field(description="False while muted: nothing is transcribed")
    area: str | None = Field(description="Suggested area in Home Assistant")
    status: StreamStatusOut

    @classmethod
    def of(cls, spec: StreamSpec, health: StreamHealth) -> Self:
        return cls(
            id=spec.id,
            name=spec.name,
            url=redact(spec.url),
            enabled=spec.enabled,
            listening=spec.listening,
            area=spec.area or None,
            status=StreamStatusOut.of(health),
        )

    @classmethod
    def now(cls, house: HouseControl, stream_id: str) -> Self:
        """The stream as it is now. Raises `NotFound`."""
        return cls.of(house.stream(stream_id), house.health(stream_id))


class StreamRemovedOut(Output):
    """A stream that is no more."""

    id: str
    removed: bool = True


class StreamPage(Output):
    """All streams."""

    items: list[StreamOut]
    next: str | None = Field(default=None, description="Always null: all streams fit one page")


class StreamIn(Input):
    """A stream to add."""

    name: Name
    url: StreamUrl
    area: Name | None = None


class StreamPatch(Input):
    """What to change about a stream. A field that is left out or null stays as it is."""

    name: Name | None = None
    url: StreamUrl | None = None
    area: Annotated[str, Field(max_length=80)] | None = Field(
        default=None, description="An empty text clears it"
    )
    listening: bool | None = None
    enabled: bool | None = None

    @property
    def only_listening(self) -> bool:
        """Whether nothing but muting and unmuting is asked for."""
        return self.model_dump(exclude_none=True).keys() <= {"listening"}


class ProbeIn(Input):
    """A URL to try."""

    url: StreamUrl


class AudioOut(Output):
    codec: str
    sample_rate: int = Field(description="Hz")
    channels: int

    @classmethod
    def of(cls, track: AudioTrack) -> Self:
        return cls(codec=track.codec, sample_rate=track.sample_rate, channels=track.channels)


class VideoOut(Output):
    codec: str
    width: int
    height: int
    fps: float | None

    @classmethod
    def of(cls, track: VideoTrack) -> Self:
        return cls(codec=track.codec, width=track.width, height=track.height, fps=track.fps)


class ProbeOut(Output):
    """What was found behind a URL."""

    ok: bool = Field(description="True when Wallflower can listen to it")
    detail: str = Field(description="What was found, or what is wrong and what to do")
    code: str | None = Field(description="Stable name of what is wrong")
    audio: AudioOut | None
    video: VideoOut | None
    elapsed_ms: int

    @classmethod
    def of(cls, result: Probe | None, *, code: str | None, detail: str, elapsed_ms: int) -> Self:
        """`code` is None when the source can be listened to, `result` when nothing was read."""
        return cls(
            ok=code is None,
            detail=redact(detail),
            code=code,
            audio=AudioOut.of(result.audio) if result and result.audio else None,
            video=VideoOut.of(result.video) if result and result.video else None,
            elapsed_ms=elapsed_ms,
        )
