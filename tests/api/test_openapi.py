"""The OpenAPI document is valid, complete, and what the server really does."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.api.served import Served
from tests.api.sse_client import listening
from tests.support.clock import settle
from wallflower.api.schema.events import DATA, EventName
from wallflower.domain.events import KeywordHeard, PartialHeard, SilenceChanged, SpeechChanged
from wallflower.domain.speech import SpeakerRef
from wallflower.domain.times import WallTime
from wallflower.domain.tracks import Probe
from wallflower.runtime.health import HealthState

PROMISED = {
    "/api/streams": {"get", "post"},
    "/api/streams/{stream_id}": {"get", "patch", "delete"},
    "/api/streams/{stream_id}/start": {"post"},
    "/api/streams/{stream_id}/stop": {"post"},
    "/api/streams/{stream_id}/restart": {"post"},
    "/api/streams/{stream_id}/events": {"get"},
    "/api/streams/{stream_id}/snapshot": {"get"},
    "/api/streams/{stream_id}/speakers": {"get"},
    "/api/streams/probe": {"post"},
    "/api/listening": {"get", "put"},
    "/api/transcripts": {"get"},
    "/api/transcripts/search": {"post"},
    "/api/transcripts/{line_id}": {"get", "patch", "delete"},
    "/api/speakers": {"get"},
    "/api/speakers/{speaker_id}": {"get", "patch", "delete"},
    "/api/speakers/{speaker_id}/split": {"post"},
    "/api/speakers/merge": {"post"},
    "/api/speakers/enrol": {"post"},
    "/api/speakers/verify": {"post"},
    "/api/speakers/export": {"get"},
    "/api/speakers/import": {"post"},
    "/api/corrections": {"get"},
    "/api/corrections/{correction_id}/undo": {"post"},
    "/api/events": {"get"},
    "/api/others": {"get"},
    "/api/health": {"get"},
    "/api/me": {"get"},
    "/api/openapi.json": {"get"},
}


@pytest.fixture
async def document(served: Served) -> dict[str, Any]:
    answer = await served.client.get("/api/openapi.json")
    assert answer.status_code == 200
    loaded: dict[str, Any] = answer.json()
    return loaded


def schema_of(document: dict[str, Any], name: str) -> Draft202012Validator:
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    return Draft202012Validator(schema)


def check(document: dict[str, Any], answer: httpx.Response) -> None:
    """Fail unless `answer` is documented: its status, its media type, the shape of its body."""
    path = answer.request.url.path
    templates = [
        template
        for template in document["paths"]
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
    ]
    # Without parameters wins: /api/streams/probe is no stream.
    operation = document["paths"][min(templates, key=lambda one: one.count("{"))][
        answer.request.method.lower()
    ]
    responses = operation["responses"]
    documented = responses.get(str(answer.status_code), responses["default"])
    if "content" not in documented:
        assert answer.content == b""
        return
    kind = answer.headers["content-type"].split(";")[0]
    schema = documented["content"][kind]["schema"] | {"components": document["components"]}
    Draft202012Validator(schema).validate(answer.json())


async def test_it_is_valid(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


async def test_every_route_is_in_it(served: Served, document: dict[str, Any]) -> None:
    described = {path: set(operations) for path, operations in document["paths"].items()}
    assert described == PROMISED
    routes: dict[str, set[str]] = {}
    for rule in served.app.url_map.iter_rules():
        if rule.rule.startswith("/api"):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            methods = {method.lower() for method in rule.methods or ()} - {"head", "options"}
            routes.setdefault(path, set()).update(methods)
    assert routes == described


async def test_every_operation_is_told_about(document: dict[str, Any]) -> None:
    names = []
    for operations in document["paths"].values():
        for operation in operations.values():
            names.append(operation["operationId"])
            assert operation["summary"].endswith((".", "?"))
            assert operation["tags"]
            assert any(status.startswith("2") for status in operation["responses"])
            assert "default" in operation["responses"]
            for response in operation["responses"].values():
                assert response["description"]
    assert len(set(names)) == len(names)


async def test_answers_are_as_described(served: Served, document: dict[str, Any]) -> None:
    client = served.client
    hall = {"name": "Hall", "url": "rtsp://u:p@10.0.0.7/live"}
    voice = await served.voice()
    served.probe.set_result(Probe(None, None, elapsed_ms=0))
    check(document, await client.post("/api/streams", json=hall))
    await served.say("Hello there", voice=voice)
    await served.say("Hm")
    for path in (
        "/api/streams",
        "/api/streams/hall",
        "/api/streams/hall/speakers",
        "/api/streams/attic",
        "/api/streams/attic/snapshot",
        "/api/streams/hall/snapshot?width=1",
        "/api/listening",
        "/api/transcripts",
        "/api/transcripts?limit=1",
        "/api/transcripts?limit=0",
        "/api/transcripts/1",
        "/api/transcripts/9",
        "/api/speakers",
        "/api/speakers/1",
        "/api/speakers/9",
        "/api/others",
        "/api/health",
        "/api/openapi.json",
        "/api/events?last_event_id=x",
    ):
        check(document, await client.get(path))
    for path, body in (
        ("/api/streams", hall),
        ("/api/streams", {"nonsense": 1}),
        ("/api/streams/probe", {"url": "rtsp://10.0.0.7/x"}),
        ("/api/streams/probe", {"url": "x"}),
        ("/api/transcripts/search", {"q": "hello"}),
        ("/api/transcripts/search", {"cursor": "x"}),
    ):
        check(document, await client.post(path, json=body))
    for action in ("start", "stop", "restart"):
        check(document, await client.post(f"/api/streams/hall/{action}"))
    check(document, await client.put("/api/listening", json={"on": True}))
    check(document, await client.patch("/api/streams/hall", json={"area": "Up"}))
    check(document, await client.patch("/api/transcripts/1", json={"text": "Hello"}))
    await decide(served, document)
    check(document, await client.delete("/api/transcripts/1"))
    check(document, await client.delete("/api/streams/hall"))
    check(document, await client.delete("/api/streams/hall"))
    served.health.report("engine", HealthState.FAILED, "Its model is missing.", "model_missing")
    check(document, await client.get("/api/health"))
    await served.lose_database()
    check(document, await client.get("/api/transcripts"))
    check(document, await client.get("/api/events"))


async def decide(served: Served, document: dict[str, Any]) -> None:
    """What people decide about voices, and what they send."""
    client = served.client
    voice = await served.voice()
    lines = [(await served.say(f"line {n}", voice=voice)).line.id for n in range(3)]
    audio = {"Content-Type": "audio/wav"}
    check(document, await client.patch("/api/speakers/1", json={"name": "Anna"}))
    check(document, await client.patch(f"/api/transcripts/{lines[0]}", json={"speaker_id": 1}))
    for path, body in (
        ("/api/speakers/2/split", {"lines": lines[1:2], "name": "Ben"}),
        ("/api/speakers/2/split", {}),
        ("/api/speakers/merge", {"from": [2], "into": 1}),
        ("/api/speakers/merge", {"from": [2], "into": 2}),
        ("/api/speakers/enrol", {"name": "Cleo", "lines": lines}),
        ("/api/speakers/enrol", {"name": "Cleo"}),
        ("/api/speakers/import", {"format": "nothing"}),
    ):
        check(document, await client.post(path, json=body))
    check(document, await client.post("/api/speakers/enrol?name=Dora", content=b"", headers=audio))
    check(document, await client.post("/api/speakers/verify", content=b"", headers=audio))
    check(document, await client.post("/api/speakers/verify", content=b"text"))
    exported = await client.get("/api/speakers/export?samples=true")
    check(document, exported)
    check(document, await client.get("/api/speakers/export?speaker_ids=x"))
    check(document, await client.post("/api/speakers/import", json=exported.json()))
    check(document, await client.get("/api/corrections"))
    (newest, *_) = (await client.get("/api/corrections?limit=1")).json()["items"]
    for _ in range(2):
        check(document, await client.post(f"/api/corrections/{newest['id']}/undo"))
    check(document, await client.delete("/api/speakers/1"))
    check(document, await client.delete("/api/speakers/1"))


async def test_events_are_as_described(served: Served, document: dict[str, Any]) -> None:
    at = WallTime.from_seconds(0)
    described = document["paths"]["/api/events"]["get"]["responses"]["200"]["description"]
    voice = await served.voice()
    async with listening(served.client) as stream:
        await served.house.add(name="Hall", url="rtsp://10.0.0.7/live")
        await settle(200)
        await served.say("Hello there", voice=voice)
        served.bus.publish(PartialHeard("hall", "so far", at))
        served.bus.publish(SpeechChanged("hall", True, at))
        anna = SpeakerRef(1, "Anna", known=True, confidence=0.9)
        served.bus.publish(KeywordHeard("hall", "help", False, "Help!", anna, 0.9, 1, at))
        served.bus.publish(SilenceChanged("hall", True, 30.0, at))
        other = await served.voice()
        await served.client.patch("/api/speakers/1", json={"name": "Anna"})
        await served.client.post("/api/speakers/merge", json={"from": [other.id], "into": 1})
        await served.client.delete("/api/speakers/1")
        await served.client.put("/api/listening", json={"on": False})
        seen = set()
        while EventName.LISTENING not in seen:
            message = await stream.next()
            assert message is not None
            name = EventName(message.event)
            seen.add(name)
            assert f"`{name}`" in described
            assert any(
                schema_of(document, shape.__name__).is_valid(message.data) for shape in DATA[name]
            ), json.dumps(message.data)
    assert seen >= set(EventName) - {EventName.HEALTH}
