"""Listening and stopping, with raw sockets against real hypercorn."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.api.served import Served, running
from tests.api.sse_client import PATIENCE_S, listening
from tests.support.clock import settle
from wallflower.api import server
from wallflower.api.server import GRACE_S, listen, serve
from wallflower.domain.errors import BadSettings
from wallflower.domain.events import PartialHeard
from wallflower.domain.times import WallTime
from wallflower.domain.tracks import Probe

GET_EVENTS = b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n"


@contextlib.asynccontextmanager
async def connected(
    served: Served, request: bytes
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(request)
    await writer.drain()
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def stopped(served: Served) -> None:
    """Close the house; returns once the server has ended."""
    assert served.stopped is not None
    served.closing.set()
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.shield(served.stopped)


async def test_it_stops_with_streams_open(served: Served) -> None:
    async with contextlib.AsyncExitStack() as stack:
        readers = []
        for _ in range(3):
            reader, _ = await stack.enter_async_context(connected(served, GET_EVENTS))
            await reader.readuntil(b"event: hello")
            readers.append(reader)
        await stopped(served)
        for reader in readers:
            rest = await reader.read()
            assert rest.endswith(b"0\r\n\r\n")  # ended in good order, not torn off


async def test_it_stops_with_an_idle_connection_open(served: Served) -> None:
    request = b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    async with connected(served, request) as (reader, _):
        await reader.readuntil(b'"notices":[]}')
        await stopped(served)


async def test_it_stops_with_a_client_that_takes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "STUCK_S", 1.0)
    async with running(tmp_path) as served:
        with socket.socket() as stuck:
            stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stuck.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(stuck, ("127.0.0.1", served.port))
            await loop.sock_sendall(stuck, GET_EVENTS)
            received = b""
            while b"event: hello" not in received:
                received += await loop.sock_recv(stuck, 4096)
            partial = PartialHeard("hall", "word " * 60_000, WallTime.from_seconds(0))
            while not served.bus.dropped():
                for _ in range(100):
                    served.bus.publish(partial)
                await settle(100)
            stopping = asyncio.create_task(stopped(served))
            await settle(100)
            await served.clock.advance(GRACE_S)
            await stopping


async def test_it_stops_though_a_request_is_half_sent(served: Served) -> None:
    request = (
        b"POST /api/streams HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b'Content-Length: 100\r\n\r\n{"name": '
    )
    async with connected(served, request) as (reader, _):
        await settle(200)
        stopping = asyncio.create_task(stopped(served))
        await settle(200)
        await served.clock.advance(GRACE_S)
        await stopping
        assert b" 500 " in await reader.readline()


async def test_a_request_under_way_is_answered_before_it_stops(served: Served) -> None:
    asking = asyncio.create_task(
        served.client.post("/api/streams/probe", json={"url": "rtsp://10.0.0.7/live"})
    )
    async with asyncio.timeout(PATIENCE_S):
        while not served.probed:
            await settle()
    stopping = asyncio.create_task(stopped(served))
    await settle()
    served.probe.set_result(Probe(None, None, elapsed_ms=0))
    assert (await asking).status_code == 200
    await stopping


async def test_cancelling_it_ends_its_streams(served: Served) -> None:
    assert served.stopped is not None
    async with listening(served.client) as stream:
        await stream.until("hello")
        served.stopped.cancel()
        assert await stream.next() is None
    with pytest.raises(asyncio.CancelledError):
        await served.stopped
    assert served.closing.is_set()
    served.stopped = None


async def test_a_port_in_use_is_a_clear_sentence(served: Served) -> None:
    with pytest.raises(BadSettings, match=rf"Port {served.port} .* in use .* server\.port"):
        await serve(served.app, host="127.0.0.1", port=served.port, closing=asyncio.Event())


@pytest.mark.parametrize(
    ("host", "port", "sentence"),
    [
        ("192.0.2.1", 0, "cannot listen on 192.0.2.1; set server.host"),
        ("no such host", 0, "cannot listen on no such host; set server.host"),
        ("127.0.0.1", 70_000, "Port 70000 does not exist; set server.port"),
    ],
)
def test_an_impossible_address_is_a_clear_sentence(host: str, port: int, sentence: str) -> None:
    with pytest.raises(BadSettings, match=sentence):
        listen(host, port)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "::", "0.0.0.0", "localhost"])
def test_usual_addresses_can_be_listened_on(host: str) -> None:
    with listen(host, 0) as listener:
        assert listener.getsockname()[1] > 0


async def test_bytes_that_are_not_http_do_no_harm(served: Served) -> None:
    async with connected(served, b"\x16\x03\x01 hello\r\n\r\n") as (reader, _):
        assert (await reader.read()).startswith(b"HTTP/1.1 400")
    assert (await served.client.get("/api/health")).status_code == 200


async def test_websockets_are_refused(served: Served) -> None:
    request = (
        b"GET /api/events HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    async with connected(served, request) as (reader, _):
        assert (await reader.readline()).startswith(b"HTTP/1.1 4")


@pytest.mark.parametrize("path", ["/api/streams", "/api/nothing", "/api/streams/x/start"])
async def test_a_huge_body_is_cut_short_and_leaves_nothing_behind(
    served: Served, path: str
) -> None:
    async with httpx.AsyncClient(base_url=served.client.base_url, timeout=60) as client:
        await client.get("/api/health")  # everything has started now
    await settle()
    before = len(asyncio.all_tasks())
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {64 << 20}\r\n\r\n"
    ).encode()
    async with connected(served, head) as (reader, writer):
        with contextlib.suppress(ConnectionError):
            for _ in range(64):
                writer.write(b"[" * (1 << 20))
                await writer.drain()
        with contextlib.suppress(ConnectionError):
            assert b" 4" in await reader.readline()
    async with asyncio.timeout(PATIENCE_S):
        while len(asyncio.all_tasks()) > before:
            await settle()
