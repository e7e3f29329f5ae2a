"""Which streams and people the broker may know of.

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
PEOPLE: Final = "mqtt.people"

_log = logging.getLogger(__name__)


class Roster:
    """Names of what was announced, under one key of `values`.

    A store that cannot write is logged, and asked again later.
    """

    def __init__(self, values: Values, key: str) -> None:
        self._values = values
        self._key = key
        self._names: frozenset[str] | None = None

    async def open(self) -> None:
        """Read what an earlier run announced. Raises `StoreError`; harmless when open."""
        if self._names is None:
            self._names = frozenset(json.loads(await self._values.get(self._key) or "[]"))

    def names(self) -> frozenset[str]:
        return self._names or frozenset()

    async def add(self, *names: str) -> None:
        """Call before their first message goes out."""
        await self._write(self.names().union(names))

    async def remove(self, *names: str) -> None:
        """Call when nothing of them is left at the broker."""
        await self._write(self.names().difference(names))

    async def _write(self, names: frozenset[str]) -> None:
        if names == self._names:
            return
        self._names = names
        try:
            await self._values.set(self._key, json.dumps(sorted(names)))
        except StoreError as error:
            _log.warning("What MQTT knows of cannot be stored (%s): %s", self._key, error)
