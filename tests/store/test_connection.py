"""Trouble with the disk itself; the small disk is a real one, mounted for the test."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.lines import line
from tests.store.trouble import bulky, fill_disk, free_disk, spoil_search
from tests.support.clock import ManualClock
from wallflower.domain.errors import DatabaseDamaged, DiskFull, StoreError
from wallflower.domain.speech import Line
from wallflower.store import LineQuery, Store
from wallflower.store.files import mark_of


def mount(folder: Path, options: str) -> None:
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        pytest.skip(f"a file system can be mounted by root only: {made.stderr.strip()}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount(folder, "size=1m")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def read_only_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "read_only"
    folder.mkdir()
    mount(folder, "size=1m,ro")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def occupy(folder: Path, size: int) -> None:
    (folder / "other").write_bytes(bytes(size))


def vacate(folder: Path) -> None:
    (folder / "other").unlink()


def many(first: int) -> list[Line]:
    return [bulky(line(f"Line {first + i}", first + i)) for i in range(10)]


async def test_sqlite_s_own_limit_is_a_full_disk(store: Store) -> None:
    await store.lines.commit([line("Before.")])
    await fill_disk(store)
    with pytest.raises(DiskFull, match="free some space"):
        await store.lines.commit([bulky(line("Meanwhile."))])
    with pytest.raises(DiskFull):
        await store.values.set("key", "x" * 100_000)
    assert [item.text for item in (await store.lines.page(LineQuery())).items] == ["Before."]

    await free_disk(store)
    (event,) = await store.lines.commit([bulky(line("After."))])
    assert (event.event_id, event.line.id) == (2, 2)
    await store.check()


async def test_a_full_disk_and_space_again(small_disk: Path, clock: ManualClock) -> None:
    store = await Store.open(small_disk / "wallflower.db", clock=clock)
    try:
        stored = await commit_until_full(store)
        with pytest.raises(DiskFull):
            await store.lines.commit(many(stored))
        page = await store.lines.page(LineQuery(limit=500))
        assert [item.text for item in page.items][::-1] == [f"Line {i}" for i in range(stored)]

        await grow(small_disk)
        await store.lines.commit(many(stored))
        await store.check()
    finally:
        await store.close()


async def commit_until_full(store: Store) -> int:
    """How many lines went onto the disk."""
    stored = 0
    while True:
        try:
            stored += len(await store.lines.commit(many(stored)))
        except DiskFull:
            assert 0 < stored < 100
            return stored


async def grow(folder: Path) -> None:
    growing = await asyncio.create_subprocess_exec("mount", "-o", "remount,size=8m", str(folder))
    assert await growing.wait() == 0


async def test_no_room_to_begin_with(small_disk: Path, clock: ManualClock) -> None:
    occupy(small_disk, 1_000_000)
    with pytest.raises(DiskFull, match="free some space"):
        await Store.open(small_disk / "wallflower.db", clock=clock)
    vacate(small_disk)
    store = await Store.open(small_disk / "wallflower.db", clock=clock)
    assert store.damage is None
    await store.close()


async def test_no_room_to_repair_leaves_the_damaged_file_alone(
    small_disk: Path, clock: ManualClock
) -> None:
    path = small_disk / "wallflower.db"
    store = await Store.open(path, clock=clock)
    await store.lines.commit(many(0))
    await store.close()
    damaged = damage(path)
    occupy(small_disk, 700_000)
    with pytest.raises(DiskFull):
        await Store.open(path, clock=clock)
    assert content(path) == damaged
    assert sorted(names(small_disk)) == ["other", "wallflower.db"]

    vacate(small_disk)
    store = await Store.open(path, clock=clock)
    try:
        assert len((await store.lines.page(LineQuery())).items) == 10
    finally:
        await store.close()


def damage(path: Path) -> bytes:
    with path.open("r+b") as file:
        file.write(b"\xff" * 100)
    return content(path)


def content(path: Path) -> bytes:
    return path.read_bytes()


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_folder_that_cannot_be_written(read_only_disk: Path, clock: ManualClock) -> None:
    for path in (read_only_disk / "wallflower.db", read_only_disk / "new" / "wallflower.db"):
        with pytest.raises(StoreError, match="cannot be written; check that its folder"):
            await Store.open(path, clock=clock)


async def test_a_folder_that_is_a_file(tmp_path: Path, clock: ManualClock) -> None:
    occupy(tmp_path, 1)
    with pytest.raises(StoreError, match="cannot be written"):
        await Store.open(tmp_path / "other" / "wallflower.db", clock=clock)


async def test_a_database_that_is_a_folder(tmp_path: Path, clock: ManualClock) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        await Store.open(tmp_path, clock=clock)


async def test_a_closed_store_says_so(path: Path, clock: ManualClock) -> None:
    store = await Store.open(path, clock=clock)
    await store.close()
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.lines.get(1)
    with pytest.raises(StoreError, match="closed"):
        await store.lines.commit([line()])


async def test_damage_met_in_use_is_repaired_at_the_next_start(
    path: Path, clock: ManualClock
) -> None:
    store = await Store.open(path, clock=clock)
    await store.lines.commit([line("Find me."), line("And me.", 3)])
    spoil_search(path)
    with pytest.raises(DatabaseDamaged, match="restart Wallflower"):
        await store.lines.page(LineQuery(text="find"))
    await store.close()
    assert exists(mark_of(path))

    store = await Store.open(path, clock=clock)
    try:
        assert store.damage is not None
        assert len((await store.lines.page(LineQuery(text="me"))).items) == 2
        assert not exists(mark_of(path))
        await store.check()
    finally:
        await store.close()


def exists(path: Path) -> bool:
    return path.exists()


async def test_the_settings_of_both_connections(store: Store) -> None:
    def settings(database: object) -> tuple[object, ...]:
        pragma = getattr(database, "pragma")  # noqa: B009
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        return tuple(pragma(name) for name in names)

    assert await store._connections.write(settings) == ("wal", 1, 1, 1, 5000)
    reader = await store._connections.read(settings)
    assert (reader[0], reader[4]) == ("wal", 5000)


async def test_the_reader_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        await store._connections.read(lambda db: db.execute_sql("DELETE FROM line"))
