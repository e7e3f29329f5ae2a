"""Which streams the broker may know of.

Kept in the store, so that a stream that is removed while the broker is away, or right before
Wallflower stops, does not stay behind as a dead device in Home Assistant.
"""

from __future__ import annotations

import json
import logging
from typing import Final

from wallflower.domain.errors import StoreError
from wallflower.publish.outbox import Values

STREAMS: Final = "mqtt.streams"

_log = logging.getLogger(__name__)


class Roster:
    """Ids of announced streams. A store that cannot write is logged, and asked again later."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._ids: frozenset[str] | None = None

    async def open(self) -> None:
        """Read what an earlier run announced. Raises `StoreError`; harmless when open."""
        if self._ids is None:
            self._ids = frozenset(json.loads(await self._values.get(STREAMS) or "[]"))

    def ids(self) -> frozenset[str]:
        return self._ids or frozenset()

    async def add(self, *stream_ids: str) -> None:
        """Call before their first message goes out."""
        await self._write(self.ids().union(stream_ids))

    async def remove(self, stream_id: str) -> None:
        """Call when nothing of it is left at the broker."""
        await self._write(self.ids() - {stream_id})

    async def _write(self, ids: frozenset[str]) -> None:
        if ids == self._ids:
            return
        self._ids = ids
        try:
            await self._values.set(STREAMS, json.dumps(sorted(ids)))
        except StoreError as error:
            _log.warning("Which streams MQTT knows of cannot be stored: %s", error)
