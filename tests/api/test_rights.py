"""What takes an administrator in Home Assistant's panel."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.api.panel import SUPERVISOR, Panel, opened
from tests.api.served import Served
from wallflower.api import ingress
from wallflower.api.guard import READS
from wallflower.api.rights import NEEDS, Need, need_of


@pytest.fixture
async def panel(served: Served, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Panel]:
    monkeypatch.setattr(ingress, "SUPERVISOR", SUPERVISOR)
    async with opened(served) as panel:
        yield panel


def routes(served: Served) -> dict[str, tuple[str, str]]:
    """Method and path of every route that changes something or is in the table, by endpoint."""
    found = {}
    for rule in served.app.url_map.iter_rules():
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if methods - READS or rule.endpoint in NEEDS:
            (method,) = methods
            path = str(rule).replace("<stream_id>", "hall")
            found[rule.endpoint] = (method, re.sub(r"<int:\w+>", "1", path))
    return found


async def test_every_route_that_changes_something_is_classified(served: Served) -> None:
    assert routes(served).keys() == NEEDS.keys()


def test_a_route_that_was_forgotten_is_for_administrators() -> None:
    assert need_of("streams.burn_down", "POST") is Need.ADMIN
    assert need_of("streams.look_at", "GET") is Need.EVERYBODY


async def test_others_may_not(served: Served, panel: Panel) -> None:
    await served.house.add(name="Hall", url="rtsp://10.0.0.7/live")
    before = served.house.streams()
    needing = {e: r for e, r in routes(served).items() if NEEDS[e] is Need.ADMIN}
    assert needing
    async with panel.client("ben") as ben, panel.client() as nobody:
        for method, path in needing.values():
            for client in (ben, nobody):
                answer = await client.request(method, path, json={})
                assert (answer.status_code, answer.json()["code"]) == (403, "admin_required"), path
                assert answer.json()["detail"].startswith("Only administrators")
    assert served.house.streams() == before


async def test_administrators_may(served: Served, panel: Panel) -> None:
    async with panel.client("anna") as anna:
        added = await anna.post("/api/streams", json={"name": "Hall", "url": "rtsp://10.0.0.7/l"})
        assert added.status_code == 201
        renamed = await anna.patch("/api/streams/hall", json={"name": "Porch"})
        assert renamed.json()["name"] == "Porch"
        for method, path in routes(served).values():
            answer = await anna.request(method, path, json={})
            assert answer.status_code not in (403, 503), path


async def test_nobody_may_while_core_cannot_be_asked(served: Served, panel: Panel) -> None:
    panel.admins = None
    async with panel.client("anna") as anna:
        answer = await anna.post("/api/streams", json={"name": "Hall", "url": "rtsp://10.0.0.7/l"})
        assert (answer.status_code, answer.json()["code"]) == (503, "rights_unknown")
        assert "try again later" in answer.json()["detail"]
        muted = await anna.put("/api/listening", json={"on": False})
        assert muted.status_code == 200
    assert not served.house.streams()


async def test_reading_muting_and_naming_ask_for_nothing(served: Served, panel: Panel) -> None:
    await served.house.add(name="Hall", url="rtsp://10.0.0.7/live")
    voice = await served.voice()
    line = (await served.say("good evening", voice=voice)).line
    async with panel.client("ben") as ben:
        asked: list[tuple[str, str, dict[str, Any] | None]] = [
            ("GET", "/api/streams", None),
            ("GET", "/api/transcripts", None),
            ("POST", "/api/transcripts/search", {}),
            ("PUT", "/api/listening", {"on": True}),
            ("PATCH", "/api/streams/hall", {"listening": False}),
            ("PATCH", "/api/streams/hall", {"listening": True, "name": None}),
            ("PATCH", f"/api/transcripts/{line.id}", {"text": "good evening all"}),
            ("PATCH", f"/api/speakers/{voice.id}", {"name": "Ben"}),
            ("POST", "/api/streams/hall/restart", None),
        ]
        for method, path, body in asked:
            answer = await ben.request(method, path, json=body)
            assert answer.status_code in (200, 202), answer.text
    assert panel.asked == []


@pytest.mark.parametrize(
    "change", [{"name": "Porch"}, {"url": "rtsp://evil/"}, {"area": ""}, {"enabled": False}]
)
async def test_muting_carries_no_other_change(
    served: Served, panel: Panel, change: dict[str, Any]
) -> None:
    await served.house.add(name="Hall", url="rtsp://10.0.0.7/live")
    before = served.house.streams()
    async with panel.client("ben") as ben:
        for body in (change, change | {"listening": False}):
            answer = await ben.patch("/api/streams/hall", json=body)
            assert (answer.status_code, answer.json()["code"]) == (403, "admin_required")
    assert served.house.streams() == before


async def test_what_anybody_may_decide_anybody_may_take_back(served: Served, panel: Panel) -> None:
    anna, other = await served.voice(), await served.voice()
    async with panel.client("ben") as ben, panel.client("anna") as admin:
        await ben.patch(f"/api/speakers/{anna.id}", json={"name": "Anna"})
        body = {"from": [other.id], "into": anna.id}
        assert (await admin.post("/api/speakers/merge", json=body)).status_code == 200
        merged, named = (await ben.get("/api/corrections")).json()["items"]
        assert (merged["kind"], named["kind"]) == ("merge", "rename")
        refused = await ben.post(f"/api/corrections/{merged['id']}/undo")
        assert (refused.status_code, refused.json()["code"]) == (403, "admin_required")
        for client, correction in ((admin, merged), (ben, named)):
            undone = await client.post(f"/api/corrections/{correction['id']}/undo")
            assert undone.json()["undone"] is True


async def test_addresses_and_methods_that_do_not_exist_are_told_as_such(panel: Panel) -> None:
    async with panel.client("ben") as ben:
        assert (await ben.post("/api/nothing")).status_code == 404
        assert (await ben.put("/api/streams")).status_code == 405
    assert panel.asked == []


async def test_without_accounts_the_network_may_all(served: Served) -> None:
    added = await served.client.post(
        "/api/streams", json={"name": "Hall", "url": "rtsp://10.0.0.7/l"}
    )
    assert added.status_code == 201
    assert (await served.client.delete("/api/streams/hall")).status_code == 204
