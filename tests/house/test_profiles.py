"""People as a file: out of one house, into another."""

from __future__ import annotations

import base64
import contextlib
import copy
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.house.ears import QuietEar, clip
from tests.store.lines import NOON, print_of, room_print, sample
from tests.support.clock import ManualClock
from wallflower.domain.errors import BadInput, WallflowerError
from wallflower.domain.voices import Voice
from wallflower.house.people import People
from wallflower.house.profiles import FORMAT, VERSION, profiles_file, profiles_in
from wallflower.runtime.bus import Bus
from wallflower.store import Store

DOCUMENTED = Path(__file__).parents[2] / "docs/profiles.md"
ANNA = Voice(
    1,
    "Anna",
    True,
    "ge2e",
    (room_print(1, 3.0), room_print(2, 6.0, NOON.plus(9), stream_id="porch")),
    NOON,
    NOON,
)


def anna() -> dict[str, Any]:
    """A file with Anna in it, one sample included."""
    file = json.loads(json.dumps(profiles_file([(ANNA, [sample(0.75)])], NOON)))
    assert isinstance(file, dict)
    return file


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "wallflower.db", clock=ManualClock("2026-03-02T00:00:00Z"))
    yield store
    await store.close()


@pytest.fixture
def people(store: Store) -> People:
    return People(store, Bus(), ManualClock("2026-03-02T00:00:00Z"), QuietEar())


def test_what_is_written_can_be_read() -> None:
    (profile,) = profiles_in(anna())
    assert profile.name == "Anna"
    first, second = profile.prints["ge2e"]
    np.testing.assert_allclose(first.embedding, print_of(1), atol=1e-6)
    assert (first.stream_id, first.speech_s, second.last_heard) == ("", 3.0, NOON.plus(9))
    (kept,) = profile.samples
    np.testing.assert_array_equal(kept.pcm, sample().pcm)
    assert (kept.stream_id, kept.quality, kept.at) == ("", 0.75, NOON)


def test_a_file_does_not_say_where_somebody_was_heard() -> None:
    assert "porch" not in json.dumps(anna())


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (["format"], "contacts", "no file of profiles"),
        (["version"], 2, "have version 2, but this Wallflower reads only 1"),
        (["people"], "Anna", "cannot be read at people"),
        (["people", 0, "name"], "", "Somebody in the profiles has no name"),
        (["people", 0, "name"], " \t", "Somebody in the profiles has no name"),
        (["people", 0, "name"], 7, "cannot be read at people.0.name"),
        (["people", 0, "prints", 0, "speech_s"], -1, "people.0.prints.0.speech_s"),
        (["people", 0, "prints", 0, "speech_s"], float("nan"), "people.0.prints.0.speech_s"),
        (["people", 0, "prints", 0, "embedding"], "%%%", "print of Anna cannot be read"),
        (["people", 0, "prints", 0, "embedding"], "AAA=", "print of Anna cannot be read"),
        (["people", 0, "prints", 0, "embedding"], "", "print of Anna cannot be used"),
        (["people", 0, "prints", 0, "embedding"], "AADAfw==", "print of Anna cannot be used"),
        (["people", 0, "prints", 0, "last_heard"], "yesterday", "no ISO 8601"),
        (["people", 0, "prints", 0, "last_heard"], "9999-01-01T00:00:00Z", "no ISO 8601"),
        (["people", 0, "samples", 0, "sample_rate"], 8000, "people.0.samples.0.sample_rate"),
        (["people", 0, "samples", 0, "pcm"], "", "at most 30 s"),
    ],
)
def test_what_is_wrong_is_told(path: list[str | int], value: object, sentence: str) -> None:
    file: Any = anna()
    part = file
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    with pytest.raises(BadInput, match=re.escape(sentence)):
        profiles_in(file)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


@given(st.data())
def test_whatever_comes_is_read_or_refused(data: st.DataObject) -> None:
    file: Any = anna()
    keys: list[Any] = data.draw(
        st.sampled_from(
            [["people"], ["people", 0], *(["people", 0, key] for key in file["people"][0])]
            + [["people", 0, "prints", 0, key] for key in file["people"][0]["prints"][0]]
            + [["people", 0, "samples", 0, key] for key in file["people"][0]["samples"][0]]
        )
    )
    part = file
    for step in keys[:-1]:
        part = part[step]
    part[keys[-1]] = data.draw(JSON)
    with contextlib.suppress(BadInput):
        assert len(profiles_in(file)) == len(file["people"])


def test_the_documented_file_is_one() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", DOCUMENTED.read_text(), flags=re.DOTALL)
    file = json.loads(block)
    made = anna()
    assert (file["format"], file["version"]) == (FORMAT, VERSION)
    assert file.keys() == made.keys()
    (person,), (mine,) = file["people"], made["people"]
    assert person.keys() == mine.keys()
    for part in ("prints", "samples"):
        assert person[part][0].keys() == mine[part][0].keys()
    zeros = base64.b64encode(np.ones(256, "<f4").tobytes()).decode()
    person["prints"][0]["embedding"] = zeros
    person["samples"][0]["pcm"] = base64.b64encode(np.ones(16_000, "<i2").tobytes()).decode()
    assert profiles_in(file)[0].name == person["name"]


async def test_people_move_to_another_house(people: People, store: Store) -> None:
    anna = await people.enrol_clip("Anna", clip(5))
    await store.voices.add("ge2e", room_print(9))
    file = await people.export([], samples=False)
    assert [(each["name"], each["samples"]) for each in file["people"]] == [("Anna", [])]
    with_sound = await people.export([anna.id], samples=True)
    assert len(with_sound["people"][0]["samples"]) == 1

    await people.forget(anna.id)
    (again,) = await people.import_(json.loads(json.dumps(with_sound)))
    assert (again.name, again.known) == ("Anna", True)
    np.testing.assert_allclose(again.centroid, print_of(5), atol=1e-5)
    assert len(await store.voices.samples(again.id)) == 1


async def test_a_person_of_the_same_name_learns_and_it_can_be_undone(
    people: People, store: Store
) -> None:
    here = await people.enrol_clip("ANNA", clip(5))
    (same,) = await people.import_(anna())
    assert (same.id, same.name) == (here.id, "ANNA")
    assert all(float(same.centroid @ print_of(seed)) > 0.3 for seed in (1, 2, 5))
    await people.undo((await people.corrections())[0].id)
    np.testing.assert_allclose((await store.voices.get(here.id)).centroid, print_of(5), atol=1e-5)


async def test_prints_of_another_encoder_need_samples(people: People, store: Store) -> None:
    file = anna()
    for print_ in file["people"][0]["prints"]:
        print_["encoder"] = "ecapa:2"
    mute = copy.deepcopy(file)
    mute["people"][0]["samples"] = []
    with pytest.raises(BadInput, match=r"another encoder .ecapa:2.*export the profile again"):
        await people.import_(mute)
    assert await store.voices.everyone() == []
    (learnt,) = await people.import_(file)
    assert learnt.encoder == "ge2e"


async def test_nothing_is_stored_of_a_file_that_is_wrong_somewhere(
    people: People, store: Store
) -> None:
    file = anna()
    short = copy.deepcopy(file["people"][0])
    short["name"] = "Ben"
    short["prints"][0]["embedding"] = base64.b64encode(np.ones(3, "<f4").tobytes()).decode()
    file["people"].append(short)
    with pytest.raises(BadInput, match="print of Ben is broken: it must have 256 numbers"):
        await people.import_(file)
    assert await store.voices.everyone() == []


async def test_only_people_with_a_name_leave_the_house(people: People, store: Store) -> None:
    stranger = await store.voices.add("ge2e", room_print(1))
    with pytest.raises(WallflowerError, match="Voice 1 has no name yet"):
        await people.export([stranger.id], samples=False)
    assert (await people.export([], samples=True))["people"] == []
