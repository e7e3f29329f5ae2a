"""Speakers over HTTP, out of a real store."""

from __future__ import annotations

from tests.api.served import Served
from wallflower.domain.events import SpeakerRenamed


async def test_speakers_most_recently_heard_first(served: Served) -> None:
    await served.voice(heard_at_s=0)
    await served.voice(heard_at_s=60)
    answer = await served.client.get("/api/speakers")
    assert answer.json() == {
        "items": [
            {
                "id": 2,
                "name": "Voice 2",
                "known": False,
                "speech_s": 3.0,
                "first_heard": "2026-11-22T12:01:00.000Z",
                "last_heard": "2026-11-22T12:01:00.000Z",
            },
            {
                "id": 1,
                "name": "Voice 1",
                "known": False,
                "speech_s": 3.0,
                "first_heard": "2026-11-22T12:00:00.000Z",
                "last_heard": "2026-11-22T12:00:00.000Z",
            },
        ],
        "next": None,
    }
    one = await served.client.get("/api/speakers/1")
    assert one.json() == answer.json()["items"][1]


async def test_a_name_reaches_past_lines_and_is_announced(served: Served) -> None:
    voice = await served.voice()
    event = await served.say("It is me", voice=voice)
    with served.bus.subscribe("test") as inbox:
        answer = await served.client.patch("/api/speakers/1", json={"name": "  Anna "})
        assert answer.status_code == 200
        assert answer.json()["name"] == "Anna"
        assert answer.json()["known"] is True
        assert await anext(inbox) == SpeakerRenamed(2, voice.id, "Anna", known=True)
    line = (await served.client.get(f"/api/transcripts/{event.line.id}")).json()
    assert line["speaker"] == {
        "id": 1,
        "name": "Anna",
        "known": True,
        "confidence": 0.8,
        "sure": True,
    }


async def test_speakers_of_one_stream(served: Served) -> None:
    for name in ("Hall", "Kitchen"):
        await served.house.add(name=name, url="rtsp://10.0.0.7/live")
    anna, ben = await served.voice(), await served.voice()
    await served.say("hello", "hall", anna)
    await served.say("hello", "kitchen", ben)
    answer = await served.client.get("/api/streams/hall/speakers")
    assert [speaker["id"] for speaker in answer.json()["items"]] == [anna.id]


async def test_a_name_must_be_one(served: Served) -> None:
    await served.voice()
    bad: list[object] = [None, "", " \t", "x" * 81, "a\nb", 3]
    for body in (dict[str, object](), *({"name": name} for name in bad)):
        answer = await served.client.patch("/api/speakers/1", json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "name"
    assert (await served.client.get("/api/speakers/1")).json()["name"] == "Voice 1"


async def test_two_people_cannot_have_one_name(served: Served) -> None:
    for _ in range(2):
        await served.voice()
    await served.client.patch("/api/speakers/1", json={"name": "Anna"})
    answer = await served.client.patch("/api/speakers/2", json={"name": "ANNA"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "conflict"


async def test_an_unknown_speaker_is_not_found(served: Served) -> None:
    for speaker_id in ("0", "7", str(10**30), "x"):
        for answer in (
            await served.client.get(f"/api/speakers/{speaker_id}"),
            await served.client.patch(f"/api/speakers/{speaker_id}", json={"name": "Anna"}),
        ):
            assert answer.status_code == 404
            assert answer.json()["code"] == "not_found"
