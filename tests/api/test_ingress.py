"""Home Assistant's door: who comes in, as whom, and under which path."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.api.panel import OTHER, PREFIX, SUPERVISOR, Panel, opened
from tests.api.served import Served
from tests.api.sse_client import listening
from wallflower.api import ingress
from wallflower.api.ingress import prefix_of, visitor_of
from wallflower.api.uploads import MAX_RECORDING_BYTES
from wallflower.api.visitor import Visitor


@pytest.fixture
async def panel(served: Served, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Panel]:
    monkeypatch.setattr(ingress, "SUPERVISOR", SUPERVISOR)
    async with opened(served) as panel:
        yield panel


async def test_the_supervisor_comes_in(panel: Panel) -> None:
    async with panel.client("anna") as client:
        for path in ("/", "/api/health", "/api/transcripts", "/metrics"):
            assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize("source", ["127.0.0.1", OTHER])
async def test_nobody_else_does(panel: Panel, source: str) -> None:
    claims = {"X-Forwarded-For": SUPERVISOR, "X-Real-IP": SUPERVISOR, "Forwarded": "for=127.0.0.2"}
    async with panel.client("anna", source=source) as client:
        for path in ("/", "/api/me", "/api/transcripts", "/api/events", "/nothing", "/metrics"):
            answer = await client.get(path, headers=claims)
            assert answer.status_code == 403
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"] == "not_home_assistant"


async def test_the_health_check_of_the_container_does(panel: Panel) -> None:
    async with panel.client(source="127.0.0.1", prefix=None) as client:
        assert (await client.get("/api/health")).status_code == 200
        for path in ("/api/health/", "//api/health", "/api/health/../me", "/api/health%2f"):
            assert (await client.get(path)).status_code == 403
    async with panel.client(source=OTHER) as client:
        assert (await client.get("/api/health")).status_code == 403


async def test_a_websocket_from_elsewhere_is_refused(panel: Panel) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://127.0.0.1:{panel.port}/api/health", proxy=None)
    assert refused.value.response.status_code == 403


async def test_each_stranger_is_logged_once(panel: Panel, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    for source in (OTHER, "127.0.0.1", OTHER):
        async with panel.client(source=source) as client:
            for _ in range(3):
                await client.get("/")
    said = [record.getMessage() for record in caplog.records if "Refused" in record.getMessage()]
    assert sorted(line.split()[1] for line in said) == ["127.0.0.1", OTHER]


async def test_a_crowd_of_strangers_does_not_fill_the_log(
    panel: Panel, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.WARNING)
    monkeypatch.setattr(ingress, "PEERS_MAX", 3)
    for number in range(1, 6):
        async with panel.client(source=f"127.0.1.{number}") as client:
            assert (await client.get("/")).status_code == 403
    assert sum("Refused" in record.getMessage() for record in caplog.records) == 3


async def told(client: httpx.AsyncClient, **headers: str) -> dict[str, object]:
    answer = await client.get(
        "/api/me", headers={n.replace("_", "-"): v for n, v in headers.items()}
    )
    assert answer.status_code == 200
    body: dict[str, object] = answer.json()
    return body


async def test_who_asks(panel: Panel) -> None:
    async with panel.client("anna") as client:
        anna = {"id": "anna", "name": "anna", "admin": True, "via": "ingress"}
        assert await told(client) == anna
        named = {b"X-Remote-User-Display-Name": "Anna Å 🌼".encode()}
        answer = await client.get("/api/me", headers=named)
        assert answer.json() == anna | {"name": "Anna Å 🌼"}
    async with panel.client("ben") as client:
        ben = {"id": "ben", "name": "ben", "admin": False, "via": "ingress"}
        assert await told(client) == ben
        panel.admins = None
        assert await told(client) == ben | {"admin": None}


async def test_nobody_said_who_asks(panel: Panel) -> None:
    async with panel.client() as client:
        nobody = {"id": None, "name": None, "admin": False, "via": "ingress"}
        assert await told(client) == nobody
        assert await told(client, X_Remote_User_Id="") == nobody
    assert panel.asked == []


async def test_the_network_cannot_pretend(served: Served, panel: Panel) -> None:
    claims = {
        "X-Remote-User-Id": "anna",
        "X-Remote-User-Name": "anna",
        "X-Ingress-Path": PREFIX,
        "X-Forwarded-For": SUPERVISOR,
    }
    answer = await served.client.get("/api/me", headers=claims)
    assert answer.json() == {"id": None, "name": None, "admin": True, "via": "lan"}
    document = await served.client.get("/api/openapi.json", headers=claims)
    assert document.json()["servers"] == [{"url": "/"}]
    rebound = await served.client.get("/", headers=claims | {"Host": "rebound.example"})
    assert rebound.status_code == 403


async def ask(_user_id: str) -> bool:
    return True


@pytest.mark.parametrize(
    ("headers", "visitor"),
    [
        ([], (None, None)),
        ([(b"x-remote-user-id", b"a1")], ("a1", None)),
        ([(b"x-remote-user-id", b"a1"), (b"x-remote-user-name", b"anna")], ("a1", "anna")),
        ([(b"x-remote-user-display-name", b"Anna"), (b"x-remote-user-name", b"a")], (None, "Anna")),
        # The second may be what the browser sent itself.
        ([(b"x-remote-user-id", b"ben"), (b"x-remote-user-id", b"anna")], (None, None)),
        ([(b"x-remote-user-id", b" ")], (None, None)),
        ([(b"x-remote-user-name", b"\xff")], (None, "�")),
    ],
)
def test_the_user_in_the_headers(
    headers: list[tuple[bytes, bytes]], visitor: tuple[str | None, str | None]
) -> None:
    found: Visitor = visitor_of(headers, ask)
    assert (found.id, found.name) == visitor


@pytest.mark.parametrize(
    ("value", "prefix"),
    [
        (PREFIX.encode(), PREFIX),
        (b"/a", "/a"),
        (b"", ""),
        (b"/", ""),
        (b"/a/", ""),
        (b"a", ""),
        (b"//evil.example", ""),
        (b"/a//b", ""),
        (b"/../a", ""),
        (b'/"><script>', ""),
        (b"https://evil.example/a", ""),
    ],
)
def test_the_prefix_in_the_headers(value: bytes, prefix: str) -> None:
    assert prefix_of([(b"x-ingress-path", value)]) == prefix


async def test_under_the_prefix_everything_is_where_it_is(served: Served, panel: Panel) -> None:
    await served.house.add(name="Hall", url="rtsp://10.0.0.7/live")
    async with panel.client("anna") as client:
        document = (await client.get("/api/openapi.json")).json()
        assert document["servers"] == [{"url": PREFIX}]
        assert (await client.get("/api/streams/hall")).json()["id"] == "hall"
        lost = await client.get("/api/nothing")
        assert (lost.status_code, lost.json()["code"]) == (404, "not_found")
    async with panel.client("anna", prefix=None) as client:
        assert (await client.get("/api/openapi.json")).json()["servers"] == [{"url": "/"}]


async def test_events_flow_at_once(served: Served, panel: Panel) -> None:
    async with panel.client("ben") as client, listening(client) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in stream.headers
        assert "content-length" not in stream.headers
        await stream.until("hello")
        await served.say("good evening")
        said = await stream.until("transcript")
        assert said.data["line"]["text"] == "good evening"


async def test_long_recordings_come_through_with_and_without_their_length(panel: Panel) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(MAX_RECORDING_BYTES >> 20):
            yield bytes(1 << 20)

    headers = {"Content-Type": "audio/wav"}
    async with panel.client("ben") as client:
        for content in (bytes(MAX_RECORDING_BYTES), pieces()):  # the second by `ingress_stream`
            answer = await client.post(
                "/api/speakers/verify?speaker_id=1", content=content, headers=headers
            )
            assert answer.json()["code"] == "bad_clip"  # it was read, and holds no sound


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "https://home.example.org", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "https://home.example.org"}, 200),  # plain HTTP: no Sec-Fetch-Site
        ({"Origin": "https://outside", "X-Forwarded-Host": "outside, inner"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "https://evil.example", "X-Forwarded-Host": "home.example.org"}, 403),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_only_the_page_in_the_panel_may_change_something(
    served: Served, panel: Panel, headers: dict[str, str], status: int
) -> None:
    async with panel.client("ben") as client:
        answer = await client.put("/api/listening", json={"on": False}, headers=headers)
    assert answer.status_code == status
    assert served.house.listening is (status != 200)


async def test_core_may_show_us_in_a_frame(panel: Panel) -> None:
    async with panel.client("ben") as client:
        policy = (await client.get("/")).headers["content-security-policy"]
    assert "frame-ancestors 'self'" in policy  # Core's page and ours have one origin
