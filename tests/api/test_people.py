"""What people decide about voices, over HTTP, out of a real store."""

from __future__ import annotations

from tests.api.served import Served
from wallflower.domain.events import LineCorrected, SpeakerForgotten, SpeakerMerged


async def names(served: Served) -> dict[int, str]:
    items = (await served.client.get("/api/speakers")).json()["items"]
    return {speaker["id"]: speaker["name"] for speaker in items}


async def owner(served: Served, line_id: int | None) -> str | None:
    speaker = (await served.client.get(f"/api/transcripts/{line_id}")).json()["speaker"]
    return None if speaker is None else str(speaker["name"])


async def test_voices_that_are_one_person(served: Served) -> None:
    anna, other = await served.voice(), await served.voice()
    line = (await served.say("hello", voice=other)).line
    with served.bus.subscribe("test", SpeakerMerged) as inbox:
        answer = await served.client.post(
            "/api/speakers/merge", json={"from": [other.id], "into": anna.id}
        )
        assert answer.status_code == 200
        assert answer.json()["id"] == anna.id
        event = await anext(inbox)
        assert isinstance(event, SpeakerMerged)
        assert (event.gone_id, event.into_id) == (other.id, anna.id)
    assert await names(served) == {1: "Voice 1"}
    assert await owner(served, line.id) == "Voice 1"


async def test_a_voice_that_is_two_people(served: Served) -> None:
    voice = await served.voice()
    lines = [(await served.say(f"line {n}", voice=voice)).line for n in range(3)]
    with served.bus.subscribe("test", LineCorrected) as inbox:
        answer = await served.client.post(
            f"/api/speakers/{voice.id}/split", json={"lines": [lines[1].id], "name": "Ben"}
        )
        assert answer.status_code == 201
        assert answer.json()["name"] == "Ben"
        event = await anext(inbox)
        assert isinstance(event, LineCorrected)
        assert event.line.id == lines[1].id
    assert [await owner(served, line.id) for line in lines] == ["Voice 1", "Ben", "Voice 1"]


async def test_a_person_forgotten(served: Served) -> None:
    await served.voice()
    line = (await served.say("hello", voice=await served.voice())).line
    await served.client.patch("/api/speakers/2", json={"name": "Anna"})
    with served.bus.subscribe("test", SpeakerForgotten) as inbox:
        answer = await served.client.delete("/api/speakers/2")
        assert (answer.status_code, answer.content) == (204, b"")
        event = await anext(inbox)
        assert isinstance(event, SpeakerForgotten)
        assert event.speaker_id == 2
    assert await names(served) == {1: "Voice 1"}
    assert await owner(served, line.id) is None
    assert (await served.client.delete("/api/speakers/2")).status_code == 404


async def test_what_was_decided_is_listed_and_taken_back(served: Served) -> None:
    anna, other = await served.voice(), await served.voice()
    line = (await served.say("hello", voice=other)).line
    await served.client.patch(f"/api/speakers/{anna.id}", json={"name": "Anna"})
    await served.client.post("/api/speakers/merge", json={"from": [other.id], "into": anna.id})
    page = (await served.client.get("/api/corrections")).json()
    assert [item["kind"] for item in page["items"]] == ["merge", "rename"]
    assert page["next"] is None
    merge, rename = page["items"]
    assert "Anna" in merge["text"]
    assert not merge["undone"]
    assert (await served.client.get("/api/corrections?limit=1")).json()["items"] == [merge]

    undone = await served.client.post(f"/api/corrections/{merge['id']}/undo")
    assert undone.status_code == 200
    assert undone.json() == merge | {"undone": True}
    assert await names(served) == {1: "Anna", 2: "Voice 2"}
    assert await owner(served, line.id) == "Voice 2"
    again = await served.client.post(f"/api/corrections/{merge['id']}/undo")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert (await served.client.post(f"/api/corrections/{rename['id']}/undo")).status_code == 200
    assert await names(served) == {1: "Voice 1", 2: "Voice 2"}


async def test_a_decision_that_makes_no_sense_changes_nothing(served: Served) -> None:
    await served.voice()
    line = (await served.say("hello", voice=await served.voice())).line
    refused: list[tuple[str, object, int]] = [
        ("/api/speakers/merge", {"from": [1], "into": 9}, 404),
        ("/api/speakers/merge", {"from": [9], "into": 1}, 404),
        ("/api/speakers/merge", {"from": [1], "into": 1}, 422),
        ("/api/speakers/merge", {"from": [], "into": 1}, 422),
        ("/api/speakers/merge", {"into": 1}, 422),
        ("/api/speakers/merge", {"gone": [2], "into": 1}, 422),
        ("/api/speakers/1/split", {"lines": [line.id]}, 422),
        ("/api/speakers/2/split", {"lines": [99]}, 404),
        ("/api/speakers/9/split", {"lines": [line.id]}, 404),
        ("/api/speakers/2/split", {"lines": "1"}, 422),
        ("/api/corrections/9/undo", {}, 404),
    ]
    for path, body, status in refused:
        answer = await served.client.post(path, json=body)
        assert answer.status_code == status, (path, body, answer.text)
        assert answer.json()["detail"].endswith(".")
    assert await names(served) == {1: "Voice 1", 2: "Voice 2"}
    assert (await served.client.get("/api/corrections")).json()["items"] == []
