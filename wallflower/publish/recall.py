"""Tells what was said in the last hours on a stream, to whoever asks over MQTT.

For summaries in the evening: Home Assistant's templates cannot read a sensor's history, and
keeping a day's talk at the broker, or once more in Home Assistant, would be one copy too many.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from typing import Final

from wallflower.domain.speech import Line
from wallflower.domain.times import WallTime
from wallflower.publish.payloads import Message, Send
from wallflower.publish.topics import Topics
from wallflower.runtime.clock import Clock
from wallflower.store import LineQuery
from wallflower.store.lines import LineTable

HOURS: Final = 24.0
MOST: Final = 2000
"""Lines in an answer, about 300 KB; of more the oldest are left out."""
PAGE: Final = 500

_log = logging.getLogger(__name__)


class Recall:
    """Answers one question after the other; whoever asks again before the answer gets one."""

    def __init__(self, lines: LineTable, topics: Topics, clock: Clock) -> None:
        self._lines = lines
        self._topics = topics
        self._clock = clock
        self._asked: dict[str, None] = {}
        self._wake = asyncio.Event()

    def ask(self, stream_id: str) -> None:
        """Have the last `HOURS` of the stream told."""
        self._asked[stream_id] = None
        self._wake.set()

    async def run(self, send: Send) -> None:
        """Answer, for ever. The answer is not retained. Raises `StoreError`."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._asked:
                stream_id = next(iter(self._asked))
                del self._asked[stream_id]
                await send(Message(self._topics.of(stream_id).lines, await self._told(stream_id)))

    async def _told(self, stream_id: str) -> str:
        until = self._clock.wall()
        since = until.plus(-HOURS * 3600)
        newest: list[Line] = []
        cursor: str | None = None
        while len(newest) < MOST:
            query = LineQuery(stream_id=stream_id, since=since, limit=PAGE, cursor=cursor)
            page = await self._lines.page(query)
            newest += page.items
            if (cursor := page.next) is None:
                break
        if cursor is not None:
            _log.info("More than %d lines of %s are not told over MQTT.", MOST, stream_id)
        return said(stream_id, newest[::-1], since, until, complete=cursor is None)


def said(
    stream_id: str, lines: Sequence[Line], since: WallTime, until: WallTime, *, complete: bool
) -> str:
    """The answer (JSON): `lines`, oldest first, each with when it began, who spoke, and its text.

    `speaker` is null where nobody could be told, or not for sure.
    """
    return json.dumps(
        {
            "stream": stream_id,
            "from": since.iso(),
            "to": until.iso(),
            "complete": complete,
            "lines": [
                {
                    "start": line.start.iso(),
                    "speaker": line.speaker.name if line.speaker and line.speaker.sure else None,
                    "text": line.text,
                }
                for line in lines
            ],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
