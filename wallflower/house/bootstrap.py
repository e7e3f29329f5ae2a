"""Streams from the settings: set up once, and followed when their settings change."""

from __future__ import annotations

import json
from typing import Final

from wallflower.domain.errors import NotFound
from wallflower.house.house import House
from wallflower.settings.schema import StreamSettings
from wallflower.store import Store

BOOTSTRAP_KEY: Final = "house.bootstrap"


async def bootstrap(house: House, store: Store, streams: tuple[StreamSettings, ...]) -> None:
    """Add each of `streams` the first time it is seen.

    What people change on the page stays changed, and what they remove stays removed, until the
    stream's entry in the settings itself becomes another one.
    """
    seen: dict[str, dict[str, str]] = json.loads(await store.values.get(BOOTSTRAP_KEY) or "{}")
    for stream in streams:
        key = stream.name.casefold()
        before = seen.get(key)
        if before is not None and before["url"] == stream.url:
            continue
        stream_id = await _apply(house, stream, before["id"] if before else None)
        seen[key] = {"id": stream_id, "url": stream.url}
    await store.values.set(BOOTSTRAP_KEY, json.dumps(seen))


async def _apply(house: House, stream: StreamSettings, stream_id: str | None) -> str:
    if stream_id is None:
        named = [spec for spec in house.streams() if spec.name.casefold() == stream.name.casefold()]
        stream_id = named[0].id if named else None
    if stream_id is not None:
        try:
            return (await house.change(stream_id, url=stream.url)).id
        except NotFound:
            pass  # removed on the page; a new URL in the settings brings it back
    return (await house.add(name=stream.name, url=stream.url, area=stream.area)).id
