"""Streams over HTTP."""

from __future__ import annotations

import asyncio

from tests.api.served import Served
from tests.api.sse_client import PATIENCE_S
from tests.api.test_server import connected
from tests.support.clock import settle
from wallflower.domain.streams import StreamHealth, StreamState

HALL = {"name": "Hall", "url": "rtsp://user:secret@10.0.0.7/live", "area": "Ground floor"}


async def test_a_stream_is_added_shown_changed_and_removed(served: Served) -> None:
    added = await served.client.post("/api/streams", json=HALL)
    assert added.status_code == 201
    assert added.json() == {
        "id": "hall",
        "name": "Hall",
        "url": "rtsp://***@10.0.0.7/live",
        "enabled": True,
        "listening": True,
        "area": "Ground floor",
        "status": {
            "state": "connecting",
            "detail": None,
            "code": None,
            "silent": False,
            "restarts": 0,
            "dropped_s": 0.0,
            "fps": None,
        },
    }
    assert (await served.client.get("/api/streams/hall")).json() == added.json()
    listed = await served.client.get("/api/streams")
    assert listed.json() == {"items": [added.json()], "next": None}
    changes = {"name": "Entrance", "area": "", "listening": False, "enabled": False}
    changed = await served.client.patch("/api/streams/hall", json=changes)
    assert changed.status_code == 200
    assert changed.json() | {"status": None} == {
        "id": "hall",
        "name": "Entrance",
        "url": "rtsp://***@10.0.0.7/live",
        "enabled": False,
        "listening": False,
        "area": None,
        "status": None,
    }
    assert changed.json()["status"]["state"] == "stopped"
    removed = await served.client.delete("/api/streams/hall")
    assert (removed.status_code, removed.content) == (204, b"")
    assert (await served.client.get("/api/streams/hall")).status_code == 404


async def test_what_is_left_out_or_null_stays(served: Served) -> None:
    added = await served.client.post("/api/streams", json=HALL)
    nothing = dict.fromkeys(["name", "url", "area", "listening", "enabled"])
    for body in (dict[str, None](), nothing):
        changed = await served.client.patch("/api/streams/hall", json=body)
        assert changed.json() == added.json()


async def test_its_switches(served: Served) -> None:
    await served.client.post("/api/streams", json=HALL)
    for action, state in (("stop", "stopped"), ("start", "connecting"), ("restart", "connecting")):
        assert served.house.restarted == []
        answer = await served.client.post(f"/api/streams/hall/{action}")
        assert answer.status_code == 202
        assert answer.json()["status"]["state"] == state
        assert answer.json()["enabled"] == (action != "stop")
    assert served.house.restarted == ["hall"]


async def test_what_is_wrong_is_shown_without_credentials(served: Served) -> None:
    await served.client.post("/api/streams", json=HALL)
    detail = "rtsp://user:secret@10.0.0.7/live refuses the password; enter the right one."
    served.house.report(
        StreamHealth("hall", StreamState.FAILED, detail, "stream_unauthorized", restarts=2)
    )
    status = (await served.client.get("/api/streams/hall")).json()["status"]
    assert status["state"] == "failed"
    assert status["code"] == "stream_unauthorized"
    assert status["detail"].startswith("rtsp://***@10.0.0.7/live refuses")
    assert status["restarts"] == 2


MALFORMED = {
    "": "must look like",
    "10.0.0.7": "must look like",
    "ftp://10.0.0.7/x": "must look like",
    "rtsp://": "names no host",
    "rtsp://u:secret@[10.0.0.7/x": "cannot be read",
    "rtsp://u:secret@host:99999/x": "cannot be read",
    "rtsp://u:secret/more@host/x": "cannot be read",
    "rtsp://u:sec ret@host/x": "contains a space",
    "rtsp://u:secret@host/\0": "control character",
}


async def test_a_malformed_url_is_explained(served: Served) -> None:
    for url, says in MALFORMED.items():
        for path, body in (
            ("/api/streams", {"name": "Hall", "url": url}),
            ("/api/streams/probe", {"url": url}),
        ):
            answer = await served.client.post(path, json=body)
            assert answer.status_code == 422, url
            assert answer.json()["code"] == "bad_stream_url"
            assert says in answer.json()["detail"]
            assert "secret" not in answer.text
    assert served.probed == []


async def test_a_malformed_url_changes_nothing(served: Served) -> None:
    added = await served.client.post("/api/streams", json=HALL)
    answer = await served.client.patch("/api/streams/hall", json={"url": "nonsense", "name": "X"})
    assert answer.status_code == 422
    assert (await served.client.get("/api/streams/hall")).json() == added.json()


async def test_a_name_in_use_is_a_conflict(served: Served) -> None:
    await served.client.post("/api/streams", json=HALL)
    await served.client.post("/api/streams", json=HALL | {"name": "Kitchen"})
    again = await served.client.post("/api/streams", json=HALL | {"name": "HALL"})
    renamed = await served.client.patch("/api/streams/kitchen", json={"name": "hall"})
    for answer in (again, renamed):
        assert answer.status_code == 409
        assert answer.json()["code"] == "conflict"


async def test_an_unknown_stream_is_not_found(served: Served) -> None:
    routes = ["GET ", "PATCH ", "DELETE ", "POST /start", "POST /stop", "POST /restart"]
    routes += ["GET /speakers", "GET /events", "GET /snapshot"]
    for route in routes:
        method, path = route.split(" ")
        for stream_id in ("attic", "%00", "%2e%2e%2f", "a%2Fb", "ha%20ll", "é" * 200):
            answer = await served.client.request(
                method,
                f"/api/streams/{stream_id}{path}",
                json={} if method == "PATCH" else None,
            )
            assert answer.status_code == 404, (route, stream_id)
            assert answer.json()["code"] == "not_found"


async def test_the_switch_for_the_whole_house(served: Served) -> None:
    assert (await served.client.get("/api/listening")).json() == {"on": True}
    answer = await served.client.put("/api/listening", json={"on": False})
    assert (answer.status_code, answer.json()) == (200, {"on": False})
    assert not served.house.listening
    assert (await served.client.put("/api/listening", json={"on": "no"})).status_code == 422


async def test_a_change_is_finished_though_its_client_hangs_up(served: Served) -> None:
    await served.client.post("/api/streams", json=HALL)
    served.house.gate = asyncio.Event()
    request = b"POST /api/streams/hall/stop HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with served.bus.subscribe("test") as inbox:
        async with connected(served, request):
            async with asyncio.timeout(PATIENCE_S):
                await served.house.at_gate.wait()
        await settle(200)
        served.house.gate.set()
        async with asyncio.timeout(PATIENCE_S):
            await anext(inbox)
    assert not served.house.stream("hall").enabled
