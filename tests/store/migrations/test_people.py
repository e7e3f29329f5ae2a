"""From the first schema to the one with people: nothing that was kept is lost."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from tests.store.lines import NOON, line, print_of, prints
from tests.support.clock import ManualClock
from wallflower.domain.events import LineCommitted, SpeakerRenamed
from wallflower.store import LineQuery, Store
from wallflower.store.migrations import known, migrate
from wallflower.store.rows.prints import pack_embedding

LINES = 300


@pytest.fixture
def old(path: Path) -> Path:
    """A database as the first version left it: Anna, a voice, one without its print, lines."""
    migrate(path, NOON, known()[:1])
    connection = sqlite3.connect(path)
    with connection:
        for number, (name, print_) in enumerate(
            [("Anna", print_of(1)), ("Voice 2", print_of(2)), ("Voice 3", None)], start=1
        ):
            connection.execute(
                "INSERT INTO voice VALUES (?, ?, ?, ?, 'ge2e', ?, 7.5, ?, ?)",
                (
                    number,
                    name,
                    name.lower(),
                    number == 1,
                    b"" if print_ is None else pack_embedding(print_),
                    NOON.ns,
                    NOON.plus(60).ns,
                ),
            )
        for number in range(1, LINES + 1):
            start = NOON.plus(number * 10)
            connection.execute(
                "INSERT INTO line VALUES (?, 'hall', ?, ?, ?, '[]', ?, 0.75, 'en', 0.9, 'test')",
                (number, start.ns, start.plus(3).ns, f"Sentence {number} said.", number % 3 + 1),
            )
            connection.execute(
                "INSERT INTO journal (kind, line_id, stream_id, at_ns) "
                "VALUES ('line_committed', ?, 'hall', ?)",
                (number, start.ns),
            )
        connection.execute(
            "INSERT INTO journal (kind, voice_id, at_ns, payload) "
            """VALUES ('speaker_renamed', 1, 5, '{"name": "Anna", "known": true}')"""
        )
        connection.execute("INSERT INTO value VALUES ('voice.last_number', '3')")
    connection.close()
    return path


async def told(store: Store) -> None:
    """Everything is as it was, and goes on."""
    voices = {voice.name: voice for voice in await store.voices.everyone()}
    assert set(voices) == {"Anna", "Voice 2", "Voice 3"}
    anna = voices["Anna"]
    (print_,) = anna.prints
    assert (print_.stream_id, print_.speech_s, anna.encoder) == ("", 7.5, "ge2e")
    np.testing.assert_array_equal(print_.embedding, print_of(1))
    assert (anna.known, anna.first_heard, anna.last_heard) == (True, NOON, NOON.plus(60))
    assert voices["Voice 3"].prints == ()
    assert {voice.name for voice in await store.voices.all("ge2e")} == {"Anna", "Voice 2"}

    assert len((await store.lines.page(LineQuery(limit=500))).items) == LINES
    third = await store.lines.get(3)
    assert third.speaker == anna.ref(0.75)
    assert not third.confirmed
    assert (await store.lines.page(LineQuery(text="Sentence 17"))).items[0].id == 17
    assert await store.lines.heard("ge2e", since=NOON) == []
    replayed = await store.journal.after(0)
    assert isinstance(replayed[0], LineCommitted)
    assert isinstance(replayed[-1], SpeakerRenamed)

    (event,) = await store.lines.commit([line(speaker=anna.ref(0.9), prints=prints(1))])
    assert event.line.id == LINES + 1
    assert len(await store.lines.heard("ge2e", since=NOON)) == 1
    await store.check()


async def test_an_old_database_is_upgraded_without_loss(old: Path, clock: ManualClock) -> None:
    store = await Store.open(old, clock=clock)
    try:
        assert store.damage is None
        await told(store)
    finally:
        await store.close()


async def test_an_old_database_found_damaged_comes_back_upgraded(
    old: Path, clock: ManualClock
) -> None:
    _spoil_header(old)
    store = await Store.open(old, clock=clock)
    try:
        assert store.damage is not None
        await told(store)
    finally:
        await store.close()


async def test_lines_written_before_the_upgrade_survive_damage_after_it(
    old: Path, clock: ManualClock
) -> None:
    await (await Store.open(old, clock=clock)).close()
    _spoil_header(old)
    store = await Store.open(old, clock=clock)
    try:
        assert store.damage is not None
        await told(store)
    finally:
        await store.close()


async def test_a_camera_called_people_makes_way_for_them(old: Path, clock: ManualClock) -> None:
    connection = sqlite3.connect(old)
    with connection:
        for id_ in ("people", "people_2"):
            connection.execute(
                "INSERT INTO stream (id, name, name_folded, url, enabled, listening) "
                "VALUES (?, ?, ?, 'rtsp://10.0.0.7/live', 1, 1)",
                (id_, id_, id_),
            )
        connection.execute("UPDATE line SET stream_id = 'people' WHERE id = 7")
    connection.close()
    store = await Store.open(old, clock=clock)
    try:
        assert [spec.id for spec in await store.streams.all()] == ["people_3", "people_2"]
        assert (await store.lines.get(7)).stream_id == "people_3"
    finally:
        await store.close()


def _spoil_header(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(random.Random(1).randbytes(100))
