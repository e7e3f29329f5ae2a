"""Other Wallflowers over HTTP."""

from __future__ import annotations

from tests.api.served import Served
from wallflower.domain.others import Other, Others


async def test_those_that_are_seen(served: Served) -> None:
    assert (await served.client.get("/api/others")).json() == {"items": [], "reason": None}
    served.others = Others((Other("b2", "Attic", "http://10.0.0.9:8757/", "0.1.0"),))
    assert (await served.client.get("/api/others")).json() == {
        "items": [
            {"id": "b2", "name": "Attic", "url": "http://10.0.0.9:8757/", "version": "0.1.0"}
        ],
        "reason": None,
    }


async def test_why_nobody_is_looked_for(served: Served) -> None:
    served.others = Others(reason="mDNS is switched off in the settings (server.mdns).")
    told = (await served.client.get("/api/others")).json()
    assert told == {"items": [], "reason": "mDNS is switched off in the settings (server.mdns)."}
