"""What a source offers to hear and see."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AudioTrack:
    codec: str
    """FFmpeg's name: aac, pcm_mulaw, opus …"""
    sample_rate: int
    """In Hz."""
    channels: int


@dataclass(frozen=True, slots=True)
class VideoTrack:
    codec: str
    """FFmpeg's name: h264, hevc …"""
    width: int
    """In pixels."""
    height: int
    """In pixels."""
    fps: float | None
    """Frames per second; None where the source does not tell."""


@dataclass(frozen=True, slots=True)
class Probe:
    """The first track of each kind that a source offers; None where there is none."""

    audio: AudioTrack | None
    video: VideoTrack | None
    elapsed_ms: int
    """How long the source took to tell, FFmpeg's own start included."""

    @property
    def ok(self) -> bool:
        """Whether it can be listened to."""
        return self.audio is not None
