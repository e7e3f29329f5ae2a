"""Other people's web pages are kept out; ours, programs and allowed origins get in."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.api.served import Served, running
from wallflower.api.guard import host_name, is_house_host, may_change

FRIEND = "https://board.example.org"


@pytest.mark.parametrize(
    ("netloc", "host"),
    [
        ("nas", "nas"),
        ("NAS:8757", "nas"),
        ("[::1]:8757", "::1"),
        ("10.0.0.7:80", "10.0.0.7"),
        ("", ""),
        ("[", ""),
        (":80", ""),
    ],
)
def test_host_name(netloc: str, host: str) -> None:
    assert host_name(netloc) == host


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "192.168.1.4", "::1", "localhost", "nas", "wallflower.local", "nas.lan"],
)
def test_names_of_the_house(host: str) -> None:
    assert is_house_host(host)


@pytest.mark.parametrize(
    "host", ["", "evil.example", "127.0.0.1.evil.example", "local.evil", "nas.lan.evil.com"]
)
def test_names_an_outsider_can_own(host: str) -> None:
    assert not is_house_host(host)


@pytest.mark.parametrize(
    ("origin", "fetch_site", "allowed"),
    [
        (None, None, True),  # a program
        ("http://nas:8757", None, True),  # our page, an old browser
        ("HTTP://NAS:8757", None, True),
        ("http://nas:8757", "same-origin", True),
        ("https://proxy.example", "same-origin", True),  # our page behind a proxy
        (None, "none", True),  # typed into the address bar
        (FRIEND, "cross-site", True),
        (FRIEND, None, True),
        ("https://evil.example", None, False),
        ("https://evil.example", "cross-site", False),
        ("http://nas:8123", "same-site", False),
        ("http://nas", None, False),
        ("null", None, False),
        ("http://[", None, False),
        ("http://nas:8757.evil.example", None, False),
        ("", None, False),
        (None, "cross-site", False),
    ],
)
def test_who_may_change_something(
    origin: str | None, fetch_site: str | None, allowed: bool
) -> None:
    assert (
        may_change(host="nas:8757", origin=origin, fetch_site=fetch_site, allowed={FRIEND})
        is allowed
    )


async def test_a_name_made_to_point_here_is_not_answered(served: Served) -> None:
    for path in ("/api/transcripts", "/api/events", "/", "/nothing"):
        answer = await served.client.get(path, headers={"Host": "rebound.evil.example"})
        assert answer.status_code == 403
        assert answer.json()["code"] == "host_not_allowed"


async def test_another_site_can_change_nothing(served: Served) -> None:
    await served.house.add(name="Hall", url="rtsp://10.0.0.7/live")
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        for method, path in (
            ("POST", "/api/streams/hall/stop"),
            ("DELETE", "/api/streams/hall"),
            ("PUT", "/api/listening"),
        ):
            answer = await served.client.request(method, path, headers=headers)
            assert answer.status_code == 403
            assert answer.json()["code"] == "cross_origin"
            assert "access-control-allow-origin" not in answer.headers
    assert served.house.stream("hall").enabled


async def test_our_own_page_can(served: Served) -> None:
    headers = {"Origin": f"http://127.0.0.1:{served.port}", "Sec-Fetch-Site": "same-origin"}
    answer = await served.client.put("/api/listening", json={"on": False}, headers=headers)
    assert answer.status_code == 200


async def test_a_form_of_another_site_cannot_even_write_json(served: Served) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = await served.client.put(
            "/api/listening", content=b'{"on": false}', headers={"Content-Type": kind}
        )
        assert answer.status_code == 415
        assert answer.json()["code"] == "not_json"
    assert served.house.listening


async def test_every_answer_carries_the_security_headers(served: Served) -> None:
    for path in ("/", "/api/health", "/api/nothing", "/api/transcripts?limit=0"):
        headers = (await served.client.get(path)).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers
    assert (await served.client.get("/api/transcripts")).headers["cache-control"] == "no-store"


async def preflight(served: Served, origin: str) -> httpx.Response:
    headers = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
    return await served.client.options("/api/speakers/1", headers=headers)


async def test_an_allowed_origin_may_do_what_our_page_may(tmp_path: Path) -> None:
    async with running(tmp_path, cors_origins=[FRIEND]) as served:
        asked = await preflight(served, FRIEND)
        assert asked.status_code == 200
        assert asked.headers["access-control-allow-origin"] == FRIEND
        assert "PATCH" in asked.headers["access-control-allow-methods"]
        assert "Content-Type" in asked.headers["access-control-allow-headers"]
        headers = {"Origin": FRIEND, "Sec-Fetch-Site": "cross-site"}
        answer = await served.client.put("/api/listening", json={"on": False}, headers=headers)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == FRIEND
        assert answer.headers["vary"] == "Origin"
        named = await served.client.get("/api/health", headers={"Host": "board.example.org"})
        assert named.status_code == 200
        refused = await preflight(served, "https://evil.example")
        assert "access-control-allow-origin" not in refused.headers
