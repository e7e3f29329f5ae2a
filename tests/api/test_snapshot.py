"""Pictures over HTTP."""

from __future__ import annotations

from tests.api.served import Served
from tests.support.house import PICTURE
from wallflower.domain.errors import NoPicture

HALL = {"name": "Hall", "url": "rtsp://10.0.0.7/live"}
SNAPSHOT = "/api/streams/hall/snapshot"


async def test_a_picture_is_sent_and_kept_nowhere(served: Served) -> None:
    await served.client.post("/api/streams", json=HALL)
    answer = await served.client.get(SNAPSHOT)
    assert (answer.status_code, answer.content) == (200, PICTURE)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "no-store"
    await served.client.get(SNAPSHOT, params={"width": "320"})
    assert served.house.looked == [("hall", None), ("hall", 320)]


async def test_a_width_that_is_none(served: Served) -> None:
    await served.client.post("/api/streams", json=HALL)
    for width in ("0", "15", "7681", "wide", "1e3", ""):
        answer = await served.client.get(SNAPSHOT, params={"width": width})
        assert answer.status_code == 422, width
        assert "width" in answer.json()["detail"]
    assert served.house.looked == []


async def test_why_there_is_none_is_told(served: Served) -> None:
    assert (await served.client.get(SNAPSHOT)).status_code == 404
    await served.client.post("/api/streams", json=HALL)
    served.house.picture = NoPicture("live on 10.0.0.7 has no picture.")
    answer = await served.client.get(SNAPSHOT)
    assert answer.status_code == 503
    assert answer.json()["code"] == "stream_without_picture"
    await served.client.patch("/api/streams/hall", json={"listening": False})
    answer = await served.client.get(SNAPSHOT)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
