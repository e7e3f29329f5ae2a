"""What the API and MQTT may ask of the house, so that neither knows who carries it out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from wallflower.domain.streams import StreamHealth, StreamSpec


class HouseControl(Protocol):
    """All streams of this appliance. Methods return once the change is stored and begun.

    Every method that takes `stream_id` raises `NotFound` for an unknown one.
    """

    @property
    def listening(self) -> bool:
        """The switch for the whole house."""
        ...

    def streams(self) -> Sequence[StreamSpec]: ...

    def stream(self, stream_id: str) -> StreamSpec: ...

    def health(self, stream_id: str) -> StreamHealth: ...

    async def add(self, *, name: str, url: str, area: str | None = None) -> StreamSpec:
        """Store and start a stream. Raises `BadStreamUrl`, or `Conflict` on a name in use."""
        ...

    async def change(
        self,
        stream_id: str,
        *,
        name: str | None = None,
        url: str | None = None,
        area: str | None = None,
    ) -> StreamSpec:
        """Change what is not None. Raises as `add`. A new URL restarts the stream."""
        ...

    async def remove(self, stream_id: str) -> None:
        """Stop and forget the stream; its lines stay in the store."""
        ...

    async def start(self, stream_id: str) -> None:
        """Enable; also tries a failed or retrying stream again at once."""
        ...

    async def stop(self, stream_id: str) -> None:
        """Disable: it stays configured and is not read until started."""
        ...

    async def restart(self, stream_id: str) -> None: ...

    async def snapshot(self, stream_id: str, *, width: int | None = None) -> bytes:
        """A picture of now as JPEG, `width` pixels wide at most (None: as the camera sends it).

        A room that is not listened to is not looked at either: raises `Conflict` while the stream
        is muted or stopped, and while too many others look. Raises `CaptureError` when there is no
        picture to be had.
        """
        ...

    async def set_listening(self, stream_id: str | None, on: bool) -> None:
        """Mute or unmute one stream, or the whole house (None)."""
        ...
