"""When somebody starts to talk, for automations that greet and watch. Pure."""

from __future__ import annotations

from typing import Final

from wallflower.domain.speech import Line
from wallflower.domain.times import WallTime

PAUSE_S: Final = 30.0
"""Who was silent this long starts anew. In a conversation each of two starts once."""

LATE_S: Final = 60.0
"""A line that comes later than this after it was said is no news of who talks now."""


class Starts:
    """Remembers who was heard on which stream a moment ago."""

    def __init__(self) -> None:
        self._heard: dict[tuple[str, int], WallTime] = {}

    def begins(self, line: Line, now: WallTime) -> bool:
        """Whether a voice that we are sure of starts to talk with `line`, which came just now."""
        if line.speaker is None or not line.speaker.sure:
            return False
        self._forget_before(line.start)
        key = (line.stream_id, line.speaker.id)
        began = key not in self._heard
        self._heard[key] = max(line.end, self._heard.get(key, line.end))
        return began and now.seconds_since(line.end) <= LATE_S

    def _forget_before(self, start: WallTime) -> None:
        for key, end in list(self._heard.items()):
            if start.seconds_since(end) > PAUSE_S:
                del self._heard[key]
