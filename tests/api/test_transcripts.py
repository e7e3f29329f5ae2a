"""Lines over HTTP, out of a real store."""

from __future__ import annotations

from tests.api.served import Served
from wallflower.domain.events import LineCorrected, LineDeleted

URL = "rtsp://10.0.0.7/live"


async def test_a_line_in_full(served: Served) -> None:
    await served.house.add(name="Hall", url=URL)
    voice = await served.voice()
    event = await served.say("Hello there", voice=voice)
    answer = await served.client.get(f"/api/transcripts/{event.line.id}")
    assert answer.status_code == 200
    assert answer.json() == {
        "id": event.line.id,
        "stream_id": "hall",
        "stream_name": "Hall",
        "start": "2026-11-22T12:00:00.000Z",
        "end": "2026-11-22T12:00:02.000Z",
        "text": "Hello there",
        "language": "en",
        "confidence": 0.9,
        "engine": "embedded:tiny.en",
        "speaker": {
            "id": voice.id,
            "name": "Voice 1",
            "known": False,
            "confidence": 0.8,
            "sure": True,
        },
        "confirmed": False,
        "words": [
            {"text": "Hello", "start": 0.0, "end": 0.3, "probability": 0.9},
            {"text": "there", "start": 0.4, "end": 0.7, "probability": 0.9},
        ],
    }


async def test_a_line_of_a_removed_stream_and_nobody_in_particular(served: Served) -> None:
    event = await served.say("Hm", "attic")
    line = (await served.client.get(f"/api/transcripts/{event.line.id}")).json()
    assert line["stream_name"] == "attic"
    assert line["speaker"] is None


async def test_pages_newest_first_without_gap_or_double(served: Served) -> None:
    for number in range(7):
        await served.say(f"line {number}", at_s=number)
    texts, cursor, pages = [], None, 0
    while True:
        query = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = (await served.client.get("/api/transcripts", params=query)).json()
        texts += [line["text"] for line in page["items"]]
        pages += 1
        if (cursor := page["next"]) is None:
            break
    assert texts == [f"line {number}" for number in reversed(range(7))]
    assert pages == 3


FOUND: list[tuple[dict[str, str | int], list[str]]] = [
    ({}, ["tea in the kitchen", "tea for two", "a plumber"]),
    ({"q": "tea"}, ["tea in the kitchen", "tea for two"]),
    ({"q": '"tea for"'}, ["tea for two"]),
    ({"q": "plum*"}, ["a plumber"]),
    ({"stream_id": "hall"}, ["tea for two", "a plumber"]),
    ({"speaker_id": 1}, ["tea for two"]),
    ({"from": "2026-11-22T12:00:10Z"}, ["tea in the kitchen", "tea for two"]),
    ({"to": "2026-11-22T12:00:10Z"}, ["a plumber"]),
    ({"from": "2026-11-22T13:00:10+01:00", "to": "2026-11-22T12:00:20Z"}, ["tea for two"]),
    ({"q": "tea", "stream_id": "kitchen"}, ["tea in the kitchen"]),
    ({"q": "nothing like it"}, []),
    ({"q": '"unclosed AND (OR* -'}, []),
]


async def test_filters_in_the_address_and_in_a_body(served: Served) -> None:
    voice = await served.voice()
    await served.say("a plumber", at_s=0)
    await served.say("tea for two", voice=voice, at_s=10)
    await served.say("tea in the kitchen", "kitchen", at_s=20)
    for query, expected in FOUND:
        for answer in (
            await served.client.get("/api/transcripts", params=query),
            await served.client.post("/api/transcripts/search", json=query),
        ):
            assert answer.status_code == 200
            assert [line["text"] for line in answer.json()["items"]] == expected, query


WRONG = [
    ("limit", "0"),
    ("limit", "501"),
    ("limit", "many"),
    ("from", "yesterday"),
    ("to", "2026-02-30"),
    ("to", "9999-12-31T23:59:59Z"),
    ("speaker_id", "-1"),
    ("speaker_id", str(2**63)),
    ("q", "x" * 501),
    ("cursor", "x" * 201),
    ("speaker", "3"),
]


async def test_a_wrong_filter_is_named(served: Served) -> None:
    for field, value in WRONG:
        answer = await served.client.get("/api/transcripts", params={field: value})
        assert answer.status_code == 422
        problem = answer.json()
        assert problem["code"] == "bad_input"
        assert [error["field"] for error in problem["errors"]] == [field]
        assert f"'{field}'" in problem["detail"]


async def test_a_filter_given_twice_is_refused(served: Served) -> None:
    answer = await served.client.get("/api/transcripts?limit=1&limit=2")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "repeated"


async def test_a_cursor_of_somebody_else_is_refused(served: Served) -> None:
    for cursor in ("x", "AAAA", "é", "' OR 1=1 --"):
        answer = await served.client.get("/api/transcripts", params={"cursor": cursor})
        assert answer.status_code == 422
        assert "cursor" in answer.json()["detail"]


async def test_a_line_is_corrected_and_announced(served: Served) -> None:
    voice = await served.voice()
    event = await served.say("helo")
    with served.bus.subscribe("test") as inbox:
        body = {"text": "hello", "speaker_id": voice.id}
        answer = await served.client.patch(f"/api/transcripts/{event.line.id}", json=body)
        assert answer.status_code == 200
        assert answer.json()["text"] == "hello"
        assert answer.json()["speaker"]["name"] == "Voice 1"
        # Told once, and all of it.
        (corrected,) = inbox.drain()
        assert isinstance(corrected, LineCorrected)
        assert corrected.line.text == "hello"
        assert corrected.line.confirmed
    assert (await served.client.get(f"/api/transcripts/{event.line.id}")).json() == answer.json()


async def test_a_guess_is_told_as_one_until_a_person_confirms_it(served: Served) -> None:
    voice = await served.voice()
    line = (await served.say("hello", voice=voice, sure=False)).line
    address = f"/api/transcripts/{line.id}"
    before = (await served.client.get(address)).json()
    assert (before["speaker"]["sure"], before["confirmed"]) == (False, False)
    answer = await served.client.patch(address, json={"speaker_id": voice.id})
    assert answer.status_code == 200
    assert (answer.json()["speaker"]["sure"], answer.json()["confirmed"]) == (True, True)


async def test_a_line_of_somebody_never_heard_before(served: Served) -> None:
    voice = await served.voice()
    await served.say("good morning", voice=voice)
    line = (await served.say("hello", voice=voice)).line
    with served.bus.subscribe("test", LineCorrected) as inbox:
        answer = await served.client.patch(
            f"/api/transcripts/{line.id}", json={"new_speaker": True}
        )
        assert answer.status_code == 200
        assert answer.json()["speaker"]["name"] == "Voice 2"
        assert isinstance(await anext(inbox), LineCorrected)
    assert len((await served.client.get("/api/speakers")).json()["items"]) == 2


async def test_a_line_is_deleted_and_announced(served: Served) -> None:
    event = await served.say("a secret")
    with served.bus.subscribe("test") as inbox:
        answer = await served.client.delete(f"/api/transcripts/{event.line.id}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert isinstance(await anext(inbox), LineDeleted)
    assert (await served.client.get(f"/api/transcripts/{event.line.id}")).status_code == 404
    assert (await served.client.get("/api/transcripts?q=secret")).json()["items"] == []


BAD_CORRECTIONS: list[tuple[dict[str, object], int]] = [
    ({}, 422),
    ({"text": None}, 422),
    ({"text": ""}, 422),
    ({"text": " "}, 422),
    ({"text": 3}, 422),
    ({"text": "x" * 10_001}, 422),
    ({"speaker_id": "1"}, 422),
    ({"speaker_id": 0}, 422),
    ({"speaker_id": True}, 422),
    ({"speaker_id": 999}, 404),
    ({"speaker_id": 999, "text": "something else"}, 404),
    ({"speaker_id": 1, "new_speaker": True}, 422),
    ({"new_speaker": False}, 422),
    ({"new_speaker": 1}, 422),
]


async def test_a_wrong_correction_changes_nothing(served: Served) -> None:
    event = await served.say("as it was")
    address = f"/api/transcripts/{event.line.id}"
    before = (await served.client.get(address)).json()
    with served.bus.subscribe("test") as inbox:
        for body, status in BAD_CORRECTIONS:
            assert (await served.client.patch(address, json=body)).status_code == status, body
    assert [told async for told in inbox] == []
    assert (await served.client.get(address)).json() == before


async def test_an_unknown_line_is_not_found(served: Served) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        body = {"text": "x"} if method == "PATCH" else None
        for line_id in ("0", "999", str(2**63), "-1", "x", "1.5", "1/2", "٣"):
            address = f"/api/transcripts/{line_id}"
            answer = await served.client.request(method, address, json=body)
            assert answer.status_code == 404
            assert answer.json()["code"] == "not_found"


async def test_a_lost_store_is_said_so(served: Served) -> None:
    await served.lose_database()
    answer = await served.client.get("/api/transcripts")
    assert answer.status_code == 503
    assert answer.json()["code"] == "store_failed"
