"""HTTP: the JSON API, server-sent events and the page, over a house handed in."""

from wallflower.api.app import create_app
from wallflower.api.server import serve
from wallflower.api.services import AudioTrack, Probe, ProbeResult, Services, VideoTrack

__all__ = [
    "AudioTrack",
    "Probe",
    "ProbeResult",
    "Services",
    "VideoTrack",
    "create_app",
    "serve",
]
