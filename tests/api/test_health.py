"""The health of the house over HTTP."""

from __future__ import annotations

import pytest

from tests.api.served import Served
from tests.support.engine import quality
from wallflower.domain.engine import EngineInfo, ServerState
from wallflower.domain.streams import StreamHealth, StreamState
from wallflower.runtime.health import HealthState


async def test_all_is_well(served: Served) -> None:
    answer = await served.client.get("/api/health")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "version": "0.1.0",
        "started_at": "2026-01-01T00:00:00.000Z",
        "parts": [],
        "streams": {"total": 0, "online": 0},
        "engine": {
            "name": "embedded:tiny.en",
            "ready": True,
            "backlog_s": 0.5,
            "servers": [],
            "taken_over": 0,
        },
        "notices": [],
    }


async def test_what_is_wrong_is_told_by_part(served: Served) -> None:
    for name, state in (("Hall", StreamState.STREAMING), ("Attic", StreamState.FAILED)):
        spec = await served.house.add(name=name, url="rtsp://10.0.0.7/live")
        served.house.report(StreamHealth(spec.id, state))
    served.health.report("store", HealthState.OK)
    served.health.report("broker", HealthState.DEGRADED, "mqtt://me:secret@box fails.", "away")
    served.engine = EngineInfo("embedded:tiny.en", ready=False, backlog_s=12.0)
    body = (await served.client.get("/api/health")).json()
    assert body["status"] == "degraded"
    assert body["parts"] == [
        {
            "part": "broker",
            "state": "degraded",
            "detail": "mqtt://***@box fails.",
            "code": "away",
        },
        {"part": "store", "state": "ok", "detail": None, "code": None},
    ]
    assert body["streams"] == {"total": 2, "online": 1}
    assert body["engine"]["ready"] is False


async def test_whisperlive_servers_are_told_of(served: Served) -> None:
    detail = "ws://me:secret@box:9090 refuses the token."
    servers = (quality(ServerState.REFUSED, detail=detail),)
    served.engine = EngineInfo("embedded:tiny.en", True, 0.0, servers, taken_over=7)
    engine = (await served.client.get("/api/health")).json()["engine"]
    assert engine["taken_over"] == 7
    assert engine["servers"] == [
        {
            "name": "box:9090",
            "state": "refused",
            "detail": "ws://***@box:9090 refuses the token.",
            "connections": 1,
            "slots": 4,
            "round_trip_ms": 1.5,
            "lag_s": 0.5,
            "outstanding_s": 2.0,
            "sent_s": 10.0,
            "dropped_s": 1.0,
            "reconnects": 3,
        }
    ]


@pytest.mark.parametrize(("part", "status"), [("engine", 503), ("stream:hall", 200)])
async def test_only_a_failed_house_is_unavailable(served: Served, part: str, status: int) -> None:
    served.health.report(part, HealthState.FAILED, "Gone.", "gone")
    answer = await served.client.get("/api/health")
    assert answer.status_code == status
    assert answer.json()["status"] == ("failed" if status == 503 else "degraded")
