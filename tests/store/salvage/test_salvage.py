"""Real damage to real files: what lies on an intact page comes back, the rest stays on disk."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.store.lines import MENDING, NOON, line, prints, rename, room_print, sample
from tests.support.clock import ManualClock
from wallflower.domain.speech import SpeakerRef
from wallflower.domain.streams import StreamSpec
from wallflower.store import LineQuery, Store
from wallflower.store.files import PAGE_SIZE, wal_of

LINES = 400
HALL = StreamSpec("hall", "Hall", "rtsp://10.0.0.7/live", area="Hall")


@pytest.fixture
async def filled(path: Path, clock: ManualClock) -> Path:
    """A closed database of 400 lines by two voices, about 60 pages."""
    store = await Store.open(path, clock=clock)
    await fill(store)
    await store.close()
    return path


async def fill(store: Store) -> None:
    await store.streams.add(HALL)
    anna = await store.voices.add("ge2e", room_print(1))
    voice = await store.voices.add("ge2e", room_print(2))
    await rename(store, anna.id, "Anna")
    await store.values.set("mqtt.cursor", "17")
    speakers = [anna.ref(0.9), voice.ref(0.7), None]
    await store.lines.commit(
        [
            line(f"This is sentence number {i} of many.", i * 10, speaker=speakers[i % 3])
            for i in range(LINES)
        ]
    )


async def texts(store: Store) -> list[str]:
    """Of all lines, oldest first."""
    found: list[str] = []
    cursor = None
    while True:
        page = await store.lines.page(LineQuery(limit=500, cursor=cursor))
        found += [item.text for item in page.items]
        cursor = page.next
        if cursor is None:
            return found[::-1]


def overwrite(path: Path, offset: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def remove(path: Path) -> None:
    path.unlink()


def content_of(path: Path) -> bytes:
    return path.read_bytes()


def size_of(path: Path) -> int:
    return path.stat().st_size


def pages_of(path: Path, table: str) -> list[int]:
    """The leaf pages of `table`, as SQLite itself counts them."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf'", (table,)
        ).fetchall()
    connection.close()
    return [number for (number,) in rows]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def kept_by(path: Path) -> Path:
    (kept,) = (p for p in path.parent.glob(f"{path.name}.damaged-*") if not p.name.endswith("-wal"))
    return kept


def garble_header(path: Path) -> None:
    overwrite(path, 0, random.Random(1).randbytes(100))


def zero_first_page(path: Path) -> None:
    overwrite(path, 0, bytes(PAGE_SIZE))


def garble_inner_page(path: Path) -> None:
    """The root of the tree of lines."""
    with sqlite3.connect(path) as connection:
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'line'"
        ).fetchone()
    connection.close()
    overwrite(path, (root - 1) * PAGE_SIZE, random.Random(2).randbytes(PAGE_SIZE))


@pytest.mark.parametrize("damage", [garble_header, zero_first_page, garble_inner_page])
async def test_all_rows_survive_where_no_row_was_hit(
    filled: Path, clock: ManualClock, damage: Callable[[Path], None]
) -> None:
    damage(filled)
    before = digest(filled)

    store = await Store.open(filled, clock=clock)
    try:
        assert store.damage is not None
        assert f"{LINES} lines" in store.damage
        assert await texts(store) == [f"This is sentence number {i} of many." for i in range(LINES)]
        assert await store.streams.all() == [HALL]
        assert await store.values.get("mqtt.cursor") == "17"
        assert [voice.name for voice in await store.voices.all("ge2e")] == ["Anna", "Voice 2"]
        assert (await store.lines.page(LineQuery(text="number 17"))).items[0].id == 18
        await store.check()
    finally:
        await store.close()
    assert digest(kept_by(filled)) == before


async def test_the_store_is_sound_again_the_next_time(filled: Path, clock: ManualClock) -> None:
    garble_header(filled)
    await (await Store.open(filled, clock=clock)).close()
    store = await Store.open(filled, clock=clock)
    try:
        assert store.damage is None
        assert len(await texts(store)) == LINES
    finally:
        await store.close()


async def test_only_rows_on_hit_pages_are_lost(filled: Path, clock: ManualClock) -> None:
    hit = pages_of(filled, "line")[3:5]
    for number in hit:
        overwrite(filled, (number - 1) * PAGE_SIZE, random.Random(number).randbytes(PAGE_SIZE))
    per_page = LINES / len(pages_of(filled, "line"))

    store = await Store.open(filled, clock=clock)
    try:
        assert store.damage is not None
        saved = await texts(store)
        assert LINES - 4 * per_page < len(saved) < LINES
        assert saved[0] == "This is sentence number 0 of many."
        assert saved[-1] == f"This is sentence number {LINES - 1} of many."
        await store.check()
    finally:
        await store.close()


async def test_a_file_cut_in_half_keeps_its_first_half(filled: Path, clock: ManualClock) -> None:
    leaves = pages_of(filled, "line")
    middle = leaves[len(leaves) // 2]
    os.truncate(filled, middle * PAGE_SIZE - 1000)

    store = await Store.open(filled, clock=clock)
    try:
        assert store.damage is not None
        saved = await texts(store)
        whole = [f"This is sentence number {i} of many." for i in range(LINES)]
        assert set(saved) < set(whole)
        assert len(saved) >= LINES // 3
    finally:
        await store.close()


@pytest.mark.parametrize("content", [b"not a database at all\n" * 500, b"x", bytes(10_000)])
async def test_a_file_of_something_else_is_set_aside(
    path: Path, clock: ManualClock, content: bytes
) -> None:
    write(path, content)
    store = await Store.open(path, clock=clock)
    try:
        assert store.damage is not None
        assert "0 lines" in store.damage
        await store.lines.commit([line()])
    finally:
        await store.close()
    assert content_of(kept_by(path)) == content


@pytest.mark.parametrize("seed", range(8))
async def test_random_bytes_anywhere_never_stop_it(
    filled: Path, clock: ManualClock, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(20):
        overwrite(
            filled, chance.randrange(size_of(filled)), chance.randbytes(chance.randrange(300))
        )

    store = await Store.open(filled, clock=clock)
    try:
        assert len(await texts(store)) > LINES // 2
        await store.lines.commit([line("And on it goes.", -5)])
        assert (await texts(store))[0] == "And on it goes."
        assert await store.journal.last_id() > LINES
        await store.check()
    finally:
        await store.close()


async def test_ids_and_voice_numbers_go_on_where_they_were(
    filled: Path, clock: ManualClock
) -> None:
    garble_header(filled)
    store = await Store.open(filled, clock=clock)
    try:
        (event,) = await store.lines.commit([line()])
        assert (event.line.id, event.event_id) == (LINES + 1, LINES + 2)
        assert (await store.voices.add("ge2e", room_print(3))).name == "Voice 3"
        replayed = await store.journal.after(0)
        assert len(replayed) == LINES + 2
    finally:
        await store.close()


async def test_lines_of_a_lost_voice_stay_together(filled: Path, clock: ManualClock) -> None:
    garble_header(filled)
    for number in pages_of_voice(filled):
        overwrite(filled, (number - 1) * PAGE_SIZE, bytes(PAGE_SIZE))
    store = await Store.open(filled, clock=clock)
    try:
        voices = await store.voices.everyone()
        assert [(voice.known, voice.encoder) for voice in voices] == [(False, "ge2e")] * 2
        page = await store.lines.page(LineQuery(speaker_id=2, limit=500))
        assert len(page.items) == LINES // 3
        await rename(store, voices[0].id, "Anna")
    finally:
        await store.close()


def pages_of_voice(path: Path) -> list[int]:
    """Leaf pages that hold the name Anna; the header is gone, so SQLite cannot tell."""
    content = path.read_bytes()
    numbers = range(1, len(content) // PAGE_SIZE + 1)
    pages = {n: content[(n - 1) * PAGE_SIZE : n * PAGE_SIZE] for n in numbers}
    return [n for n, page in pages.items() if page[0] == 0x0D and b"Annaanna" in page]


async def test_a_deleted_line_does_not_come_back(path: Path, clock: ManualClock) -> None:
    store = await Store.open(path, clock=clock)
    await fill(store)
    await store.lines.delete(7)
    await store.close()
    garble_header(path)

    store = await Store.open(path, clock=clock)
    try:
        assert "This is sentence number 6 of many." not in await texts(store)
        assert len(await texts(store)) == LINES - 1
    finally:
        await store.close()


async def test_no_trace_of_a_deleted_text_is_left_in_its_row(
    path: Path, clock: ManualClock
) -> None:
    store = await Store.open(path, clock=clock)
    await store.lines.commit([line("My code is Rumpelstilzchen."), line("Good night.")])
    await store.lines.delete(1)
    await store.close()
    assert b"code is Rumpelstilzchen" not in content_of(path)


@pytest.fixture
async def killed(tmp_path: Path, clock: ManualClock) -> Path:
    """The files of a store as a power cut would leave them: everything is in the log."""
    live = tmp_path / "live" / "wallflower.db"
    store = await Store.open(live, clock=clock)
    await fill(store)
    copied = tmp_path / "wallflower.db"
    shutil.copy(live, copied)
    shutil.copy(wal_of(live), wal_of(copied))
    await store.close()
    return copied


async def test_a_log_without_its_database_is_saved(killed: Path, clock: ManualClock) -> None:
    remove(killed)
    store = await Store.open(killed, clock=clock)
    try:
        assert store.damage is not None
        assert len(await texts(store)) == LINES
    finally:
        await store.close()
    (kept,) = killed.parent.glob("wallflower.db.damaged-*-wal")
    assert size_of(kept) > 0


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6])
async def test_a_log_broken_in_the_middle_loses_only_what_was_hit(
    killed: Path, clock: ManualClock, share: float
) -> None:
    overwrite(wal_of(killed), int(size_of(wal_of(killed)) * share), random.Random(5).randbytes(64))
    before = digest(wal_of(killed))
    store = await Store.open(killed, clock=clock)
    try:
        assert store.damage is not None
        assert len(await texts(store)) >= LINES * 0.9
        await store.check()
    finally:
        await store.close()
    assert digest(wal_of(kept_by(killed))) == before


async def test_a_whole_log_is_no_damage(killed: Path, clock: ManualClock) -> None:
    store = await Store.open(killed, clock=clock)
    try:
        assert store.damage is None
        assert len(await texts(store)) == LINES
    finally:
        await store.close()


async def test_a_log_of_another_database_does_no_harm(
    filled: Path, tmp_path: Path, clock: ManualClock
) -> None:
    other = tmp_path / "other" / "wallflower.db"
    store = await Store.open(other, clock=clock)
    await store.lines.commit([line("From another house.")])
    shutil.copy(wal_of(other), wal_of(filled))
    await store.close()

    store = await Store.open(filled, clock=clock)
    try:
        assert store.damage is not None
        # Line 1 is the other's: of two rows with one id the log's counts as the newer.
        assert len(await texts(store)) == LINES
        await store.check()
    finally:
        await store.close()


async def peopled(path: Path, clock: ManualClock) -> None:
    """Anna, who another voice was merged into; Ben, forgotten; a voice nobody named."""
    store = await Store.open(path, clock=clock)
    anna, part, ben, voice = [await store.voices.add("ge2e", room_print(n)) for n in range(4)]
    for person, name in ((anna, "Anna"), (ben, "Rumpelstilzchen")):
        await store.people.rename(MENDING, person.id, name)
    for number in range(60):
        speaker = (anna, part, ben, voice)[number % 4]
        said = line(
            f"Sentence {number}.", number * 10, speaker=speaker.ref(0.9), prints=prints(speaker.id)
        )
        await store.lines.commit([said])
        await store.voices.update("ge2e", speaker.id, room_print(number, 5, stream_id="porch"))
    await store.voices.keep_sample(anna.id, sample())
    await store.people.merge(MENDING, [part.id], anna.id)
    await store.people.forget(ben.id)
    await store.people.reassign(MENDING, 4, anna.id)
    await store.close()


async def test_people_come_back_as_they_were(path: Path, clock: ManualClock) -> None:
    await peopled(path, clock)
    garble_header(path)
    store = await Store.open(path, clock=clock)
    try:
        assert store.damage is not None
        voices = {voice.name: voice for voice in await store.voices.everyone()}
        assert set(voices) == {"Anna", "Voice 4"}
        anna = voices["Anna"]
        assert [each.stream_id for each in anna.prints] == ["hall", "porch"]
        assert len(await store.voices.samples(anna.id)) == 1
        heard = await store.lines.heard("ge2e", since=NOON)
        assert len(heard) == 45
        assert {each.voice_id for each in heard} == {anna.id, voices["Voice 4"].id}
        fourth = await store.lines.get(4)
        assert (fourth.speaker, fourth.confirmed) == (anna.ref(1.0), True)
        # A line of the merged voice that comes only now still finds its person.
        (late,) = await store.lines.commit([line(speaker=SpeakerRef(2, "Voice 2", False, 0.8))])
        assert late.line.speaker == anna.ref(0.8)
        await store.check()
    finally:
        await store.close()


async def test_nobody_forgotten_comes_back_from_the_log(
    tmp_path: Path, path: Path, clock: ManualClock
) -> None:
    """A crash right after a person was forgotten, and a log that is broken in front."""
    live = tmp_path / "live" / "wallflower.db"
    await peopled(live, clock)
    store = await Store.open(live, clock=clock)
    anna = next(voice for voice in await store.voices.everyone() if voice.name == "Anna")
    await store.lines.commit([line(speaker=anna.ref(0.5)) for _ in range(20)])
    for file in (live, wal_of(live)):
        shutil.copy(file, path.parent / file.name)
    await store.close()
    overwrite(wal_of(path), 40, random.Random(3).randbytes(20))
    store = await Store.open(path, clock=clock)
    try:
        assert store.damage is not None
        assert "Rumpelstilzchen" not in {voice.name for voice in await store.voices.everyone()}
        await store.check()
    finally:
        await store.close()
