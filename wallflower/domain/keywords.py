"""Words and phrases that people want to be told of."""

from __future__ import annotations

from dataclasses import dataclass

from wallflower.domain.streams import StreamSpec


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word or phrase, and where it is listened for."""

    phrase: str
    """As its owner wrote it: what events and Home Assistant's triggers say."""
    emergency: bool = False
    """Told as an event of its own kind, so that automations may treat it differently."""
    streams: tuple[str, ...] = ()
    """Names or ids of streams; none: all of them."""

    def concerns(self, spec: StreamSpec) -> bool:
        """Whether it is listened for on this stream."""
        return not self.streams or any(names(stream, spec) for stream in self.streams)


def names(stream: str, spec: StreamSpec) -> bool:
    """Whether `stream`, as somebody wrote it, means this one: its id or its name, in any case."""
    return stream.casefold() in (spec.id, spec.name.casefold())
