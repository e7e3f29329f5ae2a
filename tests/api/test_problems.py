"""Every error is a problem, with its status, its code and a sentence."""

from __future__ import annotations

import logging

import pytest

from tests.api.served import Served
from tests.api.test_server import connected
from wallflower.domain import errors
from wallflower.domain.errors import WallflowerError


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.BadInput, 422),
        (errors.BadStreamUrl, 422),
        (errors.NotFound, 404),
        (errors.Conflict, 409),
        (errors.StoreError, 503),
        (errors.DiskFull, 503),
        (errors.EngineFailed, 503),
        (errors.Unreachable, 503),
    ],
)
async def test_our_errors(
    served: Served, monkeypatch: pytest.MonkeyPatch, kind: type[WallflowerError], status: int
) -> None:
    async def fail(_stream_id: str) -> None:
        raise kind("rtsp://u:secret@host/x is wrong; mend it.")

    await served.house.add(name="Hall", url="rtsp://host/x")
    monkeypatch.setattr(served.house, "start", fail)
    answer = await served.client.post("/api/streams/hall/start")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": answer.json()["title"],
        "status": status,
        "detail": "rtsp://***@host/x is wrong; mend it.",
        "code": kind.code,
    }


async def test_a_bug_is_logged_and_told_without_its_traceback(
    served: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_stream_id: str) -> None:
        raise ZeroDivisionError("the inner workings")

    await served.house.add(name="Hall", url="rtsp://host/x")
    monkeypatch.setattr(served.house, "start", fail)
    with caplog.at_level(logging.ERROR):
        answer = await served.client.post("/api/streams/hall/start")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert "inner workings" not in answer.text
    assert "the inner workings" in caplog.text


async def test_a_wrong_method_names_the_right_ones(served: Served) -> None:
    answer = await served.client.post("/api/health")
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert {"GET", "HEAD", "OPTIONS"} == set(answer.headers["allow"].split(", "))


async def test_a_body_that_never_ends_is_not_waited_for_for_ever(served: Served) -> None:
    served.app.config["BODY_TIMEOUT"] = 0.01
    request = (
        b"POST /api/streams HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: 10\r\n\r\n{"
    )
    async with connected(served, request) as (reader, _):
        assert (await reader.readline()).startswith(b"HTTP/1.1 408")
        assert b'"code":"timeout"' in await reader.readuntil(b"}")
