"""Whatever a client sends, it is told what is wrong; nothing it sends is a bug of ours."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.served import Served
from wallflower.domain.tracks import Probe

# One server serves all examples: what one leaves behind is another one's surprise.
many = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

FIELDS = ["name", "url", "area", "listening", "enabled", "on", "q", "stream_id", "speaker_id"]
FIELDS += ["from", "to", "limit", "cursor", "text", "last_event_id", "into", "lines", "people"]
FIELDS += ["new_speaker", "format", "version", "clip", "speaker_ids", "samples"]

TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", "Hall", "rtsp://u:p@h/x", "rtsp://[::1", "2026-11-22", "0001-01-01", "9" * 400, "\0"]
    ),
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3), max_leaves=5)
BODIES = st.dictionaries(st.one_of(st.sampled_from(FIELDS), TEXTS), VALUES, max_size=4)
PATHS = st.sampled_from(
    [
        "/api/streams",
        "/api/streams/hall",
        "/api/streams/hall/start",
        "/api/streams/probe",
        "/api/listening",
        "/api/transcripts/search",
        "/api/transcripts/1",
        "/api/speakers/1",
        "/api/speakers/1/split",
        "/api/speakers/merge",
        "/api/speakers/enrol",
        "/api/speakers/verify",
        "/api/speakers/import",
        "/api/corrections/1/undo",
    ]
)


KINDS = st.sampled_from(["application/json", "audio/wav", "multipart/form-data; boundary=x", ""])


def told(answer: httpx.Response) -> None:
    """Fail on anything but success or a problem of the client's."""
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        problem = answer.json()
        assert problem["status"] == answer.status_code
        assert problem["detail"].endswith((".", "first page again.")), problem
        assert problem["code"]


async def prepare(served: Served) -> None:
    if not served.house.streams():
        await served.house.add(name="Hall", url="rtsp://10.0.0.7/live")
        await served.say("Hello there", voice=await served.voice())
        served.probe.set_result(Probe(None, None, elapsed_ms=0))


@many
@given(method=st.sampled_from(["POST", "PUT", "PATCH"]), path=PATHS, body=BODIES)
async def test_bodies(served: Served, method: str, path: str, body: dict[str, Any]) -> None:
    await prepare(served)
    content = json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    told(await served.client.request(method, path, content=content, headers=headers))


@many
@given(path=PATHS, content=st.binary(max_size=50), kind=KINDS)
async def test_bytes(served: Served, path: str, content: bytes, kind: str) -> None:
    await prepare(served)
    headers = {"Content-Type": kind}
    told(await served.client.post(path, content=content, headers=headers))


@many
@given(
    path=st.sampled_from(["/api/speakers/enrol", "/api/speakers/verify"]),
    fields=st.dictionaries(st.sampled_from(FIELDS), TEXTS, max_size=3),
    clip=st.binary(max_size=50),
)
async def test_forms(served: Served, path: str, fields: dict[str, str], clip: bytes) -> None:
    await prepare(served)
    data = {key: value.encode("utf-8", "surrogatepass") for key, value in fields.items()}
    told(await served.client.post(path, data=data, files={"clip": clip}))


@many
@given(query=st.dictionaries(st.sampled_from(FIELDS), TEXTS, max_size=4))
async def test_queries(served: Served, query: dict[str, str]) -> None:
    await prepare(served)
    encoded = "&".join(
        f"{key}={quote(value.encode('utf-8', 'surrogatepass'))}" for key, value in query.items()
    )
    told(await served.client.get(f"/api/transcripts?{encoded}"))


@many
@given(
    method=st.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT"]),
    segments=st.lists(st.binary(max_size=12), min_size=1, max_size=3),
)
async def test_addresses(served: Served, method: str, segments: list[bytes]) -> None:
    await prepare(served)
    path = "/".join(quote(segment, safe="") for segment in segments)
    told(await served.client.request(method, f"/api/{path}"))
    told(await served.client.request(method, f"/api/streams/{path}"))
