"""Who this appliance is at the broker."""

from __future__ import annotations

import uuid
from typing import Final

from wallflower.publish.outbox import Values

NODE_KEY: Final = "instance.id"


async def node_id(values: Values) -> str:
    """The appliance's own id, `[0-9a-f]{8}`; made the first time, the same for ever after."""
    known = await values.get(NODE_KEY)
    if known is None:
        known = uuid.uuid4().hex[:8]
        await values.set(NODE_KEY, known)
    return known
