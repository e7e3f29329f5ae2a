"""Server-sent events over real HTTP connections."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import pytest

from tests.api.served import Served
from tests.api.sse_client import PATIENCE_S, EventStream, listening
from tests.support.clock import settle
from wallflower.api.feed import KEEP_ALIVE_S
from wallflower.domain.events import (
    HealthChanged,
    PartialHeard,
    SpeakerHeard,
    SpeechChanged,
)
from wallflower.domain.speech import SpeakerRef
from wallflower.domain.streams import StreamHealth, StreamState
from wallflower.domain.times import WallTime
from wallflower.runtime.bus import INBOX
from wallflower.runtime.health import HealthState

URL = "rtsp://user:secret@10.0.0.7/live"
AT = WallTime.from_iso("2026-11-22T12:00:00Z")


async def lines(stream: EventStream, count: int) -> list[str]:
    """The texts of the next `count` lines."""
    return [(await stream.until("transcript")).data["line"]["text"] for _ in range(count)]


async def test_it_greets_first(served: Served) -> None:
    await served.say("before")
    async with listening(served.client) as stream:
        hello = await stream.next()
        assert hello is not None
        assert (hello.event, hello.id) == ("hello", None)
        assert hello.data == {"last_event_id": 1, "version": "0.1.0"}
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-cache"
        assert stream.headers["x-accel-buffering"] == "no"


async def test_a_line_is_the_same_as_in_the_api(served: Served) -> None:
    await served.house.add(name="Hall", url=URL)
    voice = await served.voice()
    async with listening(served.client) as stream:
        await stream.until("hello")
        event = await served.say('Say "hi"\nto them — ünïcode', voice=voice)
        message = await stream.until("transcript")
    answer = await served.client.get(f"/api/transcripts/{event.line.id}")
    assert message.data == {"kind": "new", "line": answer.json(), "line_id": event.line.id}
    assert message.data["line"]["stream_name"] == "Hall"
    assert message.data["line"]["text"] == 'Say "hi"\nto them — ünïcode'
    assert message.id == str(event.event_id)


async def test_corrections_and_deletions_are_told(served: Served) -> None:
    voice = await served.voice()
    event = await served.say("helo")
    address = f"/api/transcripts/{event.line.id}"
    async with listening(served.client) as stream:
        await served.client.patch(address, json={"text": "hello", "speaker_id": voice.id})
        corrected = await stream.until("transcript")
        await served.client.delete(address)
        deleted = await stream.until("transcript")
    assert corrected.data["kind"] == "corrected"
    assert corrected.data["line"]["confirmed"]
    assert corrected.data["line"]["text"] == "hello"
    assert corrected.data["line"]["speaker"]["id"] == voice.id
    assert deleted.data == {"kind": "deleted", "line": None, "line_id": event.line.id}
    assert (corrected.id, deleted.id) == ("2", "3")


async def test_voices_merged_and_forgotten_are_told_to_everybody(served: Served) -> None:
    await served.house.add(name="Hall", url=URL)
    anna, other = await served.voice(), await served.voice()
    async with listening(served.client, "/api/streams/hall/events") as stream:
        body = {"from": [other.id], "into": anna.id}
        await served.client.post("/api/speakers/merge", json=body)
        await served.client.delete(f"/api/speakers/{anna.id}")
        merged, forgotten = [await stream.until("speaker") for _ in range(2)]
    assert merged.data == {"kind": "merged", "speaker_id": other.id, "into_id": anna.id}
    assert forgotten.data == {"kind": "forgotten", "speaker_id": anna.id}
    assert (merged.id, forgotten.id) == ("1", "2")


async def test_a_renamed_speaker_is_told_and_can_be_replayed(served: Served) -> None:
    voice = await served.voice()
    await served.client.patch(f"/api/speakers/{voice.id}", json={"name": "Anna"})
    async with listening(served.client, "/api/events?last_event_id=0") as stream:
        message = await stream.until("speaker")
    speaker = {"id": voice.id, "name": "Anna", "known": True}
    assert message.data == {"kind": "renamed", "speaker": speaker}
    assert message.id == "1"


async def test_what_passes_is_told_without_an_id(served: Served) -> None:
    await served.house.add(name="Hall", url=URL)
    async with listening(served.client) as stream:
        await stream.until("hello")
        served.bus.publish(PartialHeard("hall", "so far", AT))
        served.bus.publish(SpeakerHeard("hall", SpeakerRef(3, "Voice 1", False, 0.75), AT))
        served.bus.publish(SpeechChanged("hall", True, AT))
        served.house.report(StreamHealth("hall", StreamState.RETRYING, "No answer.", "x"))
        served.health.report("broker", HealthState.DEGRADED, "No answer.", "broker_unreachable")
        served.bus.publish(HealthChanged("broker"))
        await served.client.put("/api/listening", json={"on": False})
        await served.client.delete("/api/streams/hall")
        messages = [await stream.next() for _ in range(7)]
    heard = {"id": 3, "name": "Voice 1", "known": False, "confidence": 0.75, "sure": True}
    at = "2026-11-22T12:00:00.000Z"
    told = [(message.event, message.data) for message in messages if message]
    assert all(message is not None and message.id is None for message in messages)
    assert told[0] == ("partial", {"stream_id": "hall", "text": "so far", "start": at})
    expected = {"kind": "heard", "stream_id": "hall", "speaker": heard, "since": at}
    assert told[1] == ("speaker", expected)
    assert told[2] == ("speech", {"stream_id": "hall", "on": True, "at": at})
    assert told[3][0] == "status"
    assert told[3][1]["status"]["state"] == "retrying"
    assert told[3][1]["url"] == "rtsp://***@10.0.0.7/live"
    assert told[4][0] == "health"
    assert told[4][1]["parts"][0]["code"] == "broker_unreachable"
    assert told[5] == ("listening", {"on": False})
    assert told[6] == ("status", {"id": "hall", "removed": True})


async def test_changes_of_a_stream_removed_meanwhile_are_passed_over(served: Served) -> None:
    spec = await served.house.add(name="Hall", url=URL)
    async with listening(served.client) as stream:
        await stream.until("hello")
        await served.house.set_listening(spec.id, False)
        await served.house.remove(spec.id)
        message = await stream.next()
    assert message is not None
    assert message.data == {"id": "hall", "removed": True}


async def test_a_browser_that_comes_back_misses_nothing(served: Served) -> None:
    await served.say("before it came")
    async with listening(served.client) as stream:
        await stream.until("hello")
        served.bus.publish(SpeechChanged("hall", True, AT))
        await stream.until("speech")
        last = stream.last_event_id
    assert last == "1"
    await served.say("while it was away")
    async with listening(served.client, headers={"Last-Event-ID": last}) as stream:
        await served.say("back again")
        assert await lines(stream, 2) == ["while it was away", "back again"]


async def test_the_header_wins_over_the_address_it_first_connected_with(served: Served) -> None:
    for number in range(3):
        await served.say(f"line {number}")
    path, headers = "/api/events?last_event_id=0", {"Last-Event-ID": "2"}
    async with listening(served.client, path, headers=headers) as stream:
        assert await lines(stream, 1) == ["line 2"]


@pytest.mark.parametrize("bad", ["-1", "x", "1.5", "²", "1 2"])
async def test_an_id_that_is_no_number_is_refused(served: Served, bad: str) -> None:
    for answer in (
        await served.client.get("/api/events", headers={b"Last-Event-ID": bad.encode()}),
        await served.client.get("/api/events", params={"last_event_id": bad}),
    ):
        assert answer.status_code == 422
        assert answer.json()["code"] == "bad_input"


async def test_one_stream_only(served: Served) -> None:
    await served.house.add(name="Hall", url=URL)
    await served.house.add(name="Kitchen", url=URL)
    voice = await served.voice()
    await served.say("old in the kitchen", "kitchen")
    await served.say("old in the hall")
    path = "/api/streams/hall/events?last_event_id=0"
    async with listening(served.client, path) as stream:
        assert await lines(stream, 1) == ["old in the hall"]
        for name in ("kitchen", "hall"):
            served.bus.publish(PartialHeard(name, name, AT))
            await served.house.restart(name)
            served.house.report(StreamHealth(name, StreamState.STREAMING))
        await served.say("new in the kitchen", "kitchen")
        await served.client.patch(f"/api/speakers/{voice.id}", json={"name": "Anna"})
        await served.say("new in the hall")
        told = [await stream.next() for _ in range(4)]
    assert [(message.event, message.id) for message in told if message] == [
        ("partial", None),
        ("status", None),
        ("speaker", "4"),
        ("transcript", "5"),
    ]


async def test_an_unknown_stream_has_no_events(served: Served) -> None:
    answer = await served.client.get("/api/streams/attic/events")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


async def test_silence_is_filled_with_comments(served: Served) -> None:
    async with listening(served.client) as stream:
        await stream.until("hello")
        for _ in range(2):
            comment = asyncio.create_task(stream.comment())
            await settle()
            await served.clock.advance(KEEP_ALIVE_S)
            await comment


async def test_twenty_clients_hear_the_same(served: Served) -> None:
    texts = [f"line {number}" for number in range(10)]
    async with contextlib.AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(listening(served.client)) for _ in range(20)]
        for stream in streams:
            await stream.until("hello")
        for text in texts:
            await served.say(text)
        heard = await asyncio.gather(*(lines(stream, len(texts)) for stream in streams))
    assert heard == [texts] * 20


async def test_a_client_that_hangs_up_is_forgotten(served: Served) -> None:
    async with listening(served.client) as stream:
        await stream.until("hello")
    async with asyncio.timeout(PATIENCE_S):
        while await overflows(served):
            await settle()


async def overflows(served: Served) -> bool:
    """Whether somebody's inbox fills up when nobody reads it."""
    for number in range(INBOX + 1):
        served.bus.publish(PartialHeard("hall", str(number), AT))
    return bool(served.bus.dropped())


async def test_a_client_too_slow_for_its_socket_misses_no_line(served: Served) -> None:
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(slow, ("127.0.0.1", served.port))
        await loop.sock_sendall(slow, b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        received = b""
        while b"event: hello" not in received:
            received += await loop.sock_recv(slow, 4096)
        text = "word " * 60_000
        expected: list[int] = []
        while not served.bus.dropped():  # until neither the socket nor the inbox takes more
            for _ in range(INBOX // 8):
                served.bus.publish(PartialHeard("hall", text, AT))
            expected.append((await served.say(f"line {len(expected)}")).event_id)
            await settle(100)
        for _ in range(INBOX):
            served.bus.publish(PartialHeard("hall", "pushes everything out", AT))
        ids: list[int] = []
        while len(ids) < len(expected):
            async with asyncio.timeout(PATIENCE_S):
                received += await loop.sock_recv(slow, 1 << 20)
            whole, _, received = received.rpartition(b"\r\n")
            ids += [
                int(row.removeprefix(b"id: "))
                for block in whole.split(b"\n\n")
                if b"event: transcript" in block
                for row in block.splitlines()
                if row.startswith(b"id: ")
            ]
    assert ids == expected


async def test_the_end_of_the_house_ends_the_stream(served: Served) -> None:
    async with listening(served.client) as stream:
        await stream.until("hello")
        served.closing.set()
        assert await stream.next() is None


async def test_a_broken_store_is_told_by_a_status(served: Served) -> None:
    await served.lose_database()
    answer = await served.client.get("/api/events")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_store_that_breaks_ends_the_stream(served: Served) -> None:
    async with listening(served.client) as stream:
        await stream.until("hello")
        await served.store_line("not announced")
        event = await served.store_line("announced, so the one before is missed")
        await served.lose_database()
        served.bus.publish(event)
        assert await stream.next() is None


async def test_head_does_not_hang(served: Served) -> None:
    answer = await served.client.head("/api/events")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
