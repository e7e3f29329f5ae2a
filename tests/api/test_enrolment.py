"""Teaching, asking and carrying voices over HTTP; recordings go through the real FFmpeg."""

from __future__ import annotations

import asyncio
import contextlib
import io
import wave
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.api.served import Served
from tests.house.ears import clip
from wallflower.api.uploads import MAX_RECORDING_BYTES


def recording(seconds: float = 4.0) -> bytes:
    """A WAV file, always of the same voice."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(clip(7, seconds).tobytes())
    return file.getvalue()


async def test_lines_that_a_person_said(served: Served) -> None:
    voice = await served.voice()
    lines = [(await served.say(f"line {n}", voice=voice)).line.id for n in range(3)]
    body = {"name": "Anna", "lines": lines[:2]}
    answer = await served.client.post("/api/speakers/enrol", json=body)
    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["known"]) == ("Anna", True)
    page = (await served.client.get("/api/transcripts?speaker_id=2")).json()
    assert sorted(line["id"] for line in page["items"]) == lines[:2]


async def test_a_recording_as_a_form_and_as_the_body(served: Served) -> None:
    form = await served.client.post(
        "/api/speakers/enrol", data={"name": "Anna"}, files={"clip": ("a.wav", recording())}
    )
    assert form.status_code == 200, form.text
    assert form.json()["name"] == "Anna"
    body = await served.client.post(
        "/api/speakers/enrol?name=Ben", content=recording(), headers={"Content-Type": "audio/wav"}
    )
    assert body.status_code == 200
    assert body.json()["id"] != form.json()["id"]


async def test_is_this_anna(served: Served) -> None:
    files = {"clip": ("a.wav", recording())}
    anna = await served.client.post("/api/speakers/enrol", data={"name": "Anna"}, files=files)
    answer = await served.client.post(
        "/api/speakers/verify", data={"speaker_id": str(anna.json()["id"])}, files=files
    )
    assert answer.status_code == 200
    told = answer.json()
    assert told["speaker"] == {"id": anna.json()["id"], "name": "Anna", "known": True}
    assert 0 <= told["probability"] <= 1
    assert told["speech_s"] > 0
    nobody = await served.client.post(
        "/api/speakers/verify?speaker_id=99",
        content=recording(),
        headers={"Content-Type": "audio/wav"},
    )
    assert nobody.status_code == 404


REFUSED: list[tuple[dict[str, object], int, str]] = [
    ({"files": {"clip": recording()}}, 422, "bad_input"),
    ({"files": {"clip": recording()}, "data": {"name": " "}}, 422, "bad_input"),
    ({"files": {"sound": recording()}, "data": {"name": "Anna"}}, 422, "bad_input"),
    ({"files": {"clip": b"hello"}, "data": {"name": "Anna"}}, 422, "bad_clip"),
    ({"files": {"clip": b""}, "data": {"name": "Anna"}}, 422, "bad_clip"),
    ({"content": recording(), "headers": {"Content-Type": "text/plain"}}, 415, "bad_media_type"),
    ({"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400, "bad_request"),
    ({"json": {"name": "Anna"}}, 422, "bad_input"),
    ({"json": {"name": "Anna", "lines": []}}, 422, "bad_input"),
    ({"json": {"name": "Anna", "lines": [77]}}, 404, "not_found"),
]


async def test_what_teaches_nothing(served: Served) -> None:
    for request, status, code in REFUSED:
        answer = await served.client.post("/api/speakers/enrol", **request)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        assert answer.json()["detail"].endswith(".")
    assert (await served.client.get("/api/speakers")).json()["items"] == []


async def test_a_recording_may_be_larger_than_json(served: Served) -> None:
    long = recording(60.0)
    assert len(long) > 1024 * 1024
    answer = await served.client.post(
        "/api/speakers/enrol", data={"name": "Anna"}, files={"clip": long}
    )
    assert answer.status_code == 200


async def test_what_is_too_large_is_refused_before_it_is_sent(served: Served) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    head = (
        "POST /api/speakers/enrol?name=Ben HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: audio/wav",
        f"Content-Length: {MAX_RECORDING_BYTES + 1}",
    )
    writer.write("\r\n".join((*head, "", "")).encode())
    async with asyncio.timeout(30):
        assert b"413" in await reader.readline()
    writer.close()
    await writer.wait_closed()


async def test_a_body_without_length_is_bounded_too(served: Served) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield b"\0" * 65_536

    headers = {"Content-Type": "audio/wav"}
    # The answer may be lost with the connection, which still carries what nobody takes.
    with contextlib.suppress(httpx.TransportError):
        answer = await served.client.post(
            "/api/speakers/enrol?name=Ben", content=endless(), headers=headers
        )
        assert answer.status_code == 413
    assert sent < 4 * MAX_RECORDING_BYTES


async def test_people_move_to_another_house(served: Served) -> None:
    await served.voice()
    await served.voice()
    await served.client.patch("/api/speakers/1", json={"name": "Anna"})
    exported = await served.client.get("/api/speakers/export")
    assert exported.status_code == 200
    assert "attachment" in exported.headers["Content-Disposition"]
    assert [person["name"] for person in exported.json()["people"]] == ["Anna"]
    one = await served.client.get("/api/speakers/export?speaker_ids=1&samples=true")
    assert [person["name"] for person in one.json()["people"]] == ["Anna"]
    await served.client.delete("/api/speakers/1")

    answer = await served.client.post("/api/speakers/import", json=exported.json())
    assert answer.status_code == 200
    assert [(one["name"], one["known"]) for one in answer.json()["items"]] == [("Anna", True)]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "bad_json"),
        (b"[]", 400, "bad_json"),
        (b"{", 400, "bad_json"),
        (b"[" * 100_000, 400, "bad_json"),
        (b"{}", 422, "bad_input"),
        (b'{"people": 3}', 422, "bad_input"),
    ],
)
async def test_a_file_that_is_no_export(
    served: Served, content: bytes, status: int, code: str
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await served.client.post("/api/speakers/import", content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_an_export_of_what_is_not_there(served: Served) -> None:
    for query, status in (("9", 404), ("x", 422), ("1,", 422), ("", 422)):
        answer = await served.client.get(f"/api/speakers/export?speaker_ids={query}")
        assert answer.status_code == status, query
