"""The names of all MQTT topics. Pure: strings in, strings out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from wallflower.domain.streams import RESERVED_ID

PEOPLE: Final = RESERVED_ID
"""Stands where a stream's id does in topics about people."""

_NODE: Final = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Topics:
    """Topic names of one Wallflower.

    `base` is the first part of its own topics, `discovery_prefix` where Home Assistant looks for
    devices, `node_id` the stable id of this instance (`[a-z0-9]+`; `ValueError` otherwise).
    """

    base: str
    discovery_prefix: str
    node_id: str

    def __post_init__(self) -> None:
        if not _NODE.fullmatch(self.node_id):
            raise ValueError(f"a node id is made of a-z and 0-9, unlike {self.node_id!r}")

    # The whole house.

    @property
    def status(self) -> str:
        return f"{self.base}/status"

    @property
    def health(self) -> str:
        return f"{self.base}/health"

    @property
    def listening(self) -> str:
        return f"{self.base}/listening"

    @property
    def listening_set(self) -> str:
        return f"{self.base}/listening/set"

    @property
    def command(self) -> str:
        return f"{self.base}/command"

    @property
    def own(self) -> tuple[str, str]:
        """What nobody but us may write to."""
        return self.status, self.health

    @property
    def claim(self) -> str:
        """Where a Wallflower that looks who is there hears itself."""
        return f"{self.base}/claim"

    @property
    def correction(self) -> str:
        """What a person, or a second look, found out about voices."""
        return f"{self.base}/correction"

    # One person.

    def person(self, slug: str) -> str:
        return f"{self.base}/{PEOPLE}/{slug}"

    # One stream.

    def of(self, stream_id: str) -> StreamTopics:
        return StreamTopics(f"{self.base}/{stream_id}")

    # Home Assistant.

    @property
    def birth(self) -> str:
        """Where Home Assistant says `online` after it has (re)started."""
        return f"{self.discovery_prefix}/status"

    @property
    def hub_device(self) -> str:
        """Id of the device that stands for this Wallflower."""
        return f"wallflower_{self.node_id}"

    def stream_device(self, stream_id: str) -> str:
        """Id of the device that stands for a stream."""
        return f"{self.hub_device}_{stream_id}"

    def device(self, stream_id: str | None) -> str:
        """Id of a stream's device, or of the house's (None)."""
        return self.hub_device if stream_id is None else self.stream_device(stream_id)

    @property
    def people_device(self) -> str:
        """Id of the device that stands for the people of the house."""
        return self.stream_device(PEOPLE)

    def discovery(self, device_id: str) -> str:
        return f"{self.discovery_prefix}/device/{device_id}/config"

    # What is listened to.

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Filters that cover every command and Home Assistant's birth message."""
        return (
            self.listening_set,
            self.command,
            f"{self.base}/+/listening/set",
            f"{self.base}/+/command",
            self.birth,
        )


@dataclass(frozen=True, slots=True)
class StreamTopics:
    """Topic names of one stream; `base` is `<base topic>/<stream id>`."""

    base: str

    @property
    def status(self) -> str:
        return f"{self.base}/status"

    @property
    def health(self) -> str:
        return f"{self.base}/health"

    @property
    def transcript(self) -> str:
        return f"{self.base}/transcript"

    @property
    def correction(self) -> str:
        return f"{self.base}/correction"

    @property
    def partial(self) -> str:
        return f"{self.base}/partial"

    @property
    def lines(self) -> str:
        """What was said lately, when somebody asks."""
        return f"{self.base}/lines"

    @property
    def speaker(self) -> str:
        return f"{self.base}/speaker"

    @property
    def event_speaker(self) -> str:
        return f"{self.base}/event/speaker"

    @property
    def event_keyword(self) -> str:
        return f"{self.base}/event/keyword"

    @property
    def event_silence(self) -> str:
        return f"{self.base}/event/silence"

    @property
    def snapshot(self) -> str:
        return f"{self.base}/snapshot"

    @property
    def speech(self) -> str:
        return f"{self.base}/speech"

    @property
    def listening(self) -> str:
        return f"{self.base}/listening"

    @property
    def listening_set(self) -> str:
        return f"{self.base}/listening/set"

    @property
    def command(self) -> str:
        return f"{self.base}/command"

    def retained(self, *, snapshot: bool) -> tuple[str, ...]:
        """Topics that the broker keeps, and so have to be cleared with the stream.

        `snapshot`: the last picture is one of them.
        """
        picture = (self.snapshot,) if snapshot else ()
        return (self.status, self.health, self.speaker, self.speech, self.listening, *picture)
