"""Against SQLite itself: the same rows, from the same file, by two ways."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from wallflower.store.files import PAGE_SIZE
from wallflower.store.salvage.records import Value
from wallflower.store.salvage.remains import Remains, Row

VALUES: st.SearchStrategy[Value] = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.sampled_from([0, 1, -1, 127, -129, 2**15, 2**23, 2**31, 2**47])
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary()
)
LONG = st.integers(0, 20_000).map(lambda length: "söng" * (length // 4))
ROWS = st.dictionaries(
    st.integers(-(2**63), 2**63 - 1), st.tuples(VALUES, VALUES, VALUES | LONG, VALUES), max_size=30
)


def make(path: Path, rows: dict[int, tuple[Value, ...]], page_size: int) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA page_size = {page_size}")
    with connection:
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c, d)")
        connection.execute("CREATE INDEX i ON t (a, b)")
        connection.executemany(
            "INSERT INTO t VALUES (?, ?, ?, ?, ?)", [(i, *row) for i, row in rows.items()]
        )
    connection.close()


def found_in(path: Path) -> list[Row]:
    """Rows of `t`: those of the schema have text in front."""
    with Remains(path) as remains:
        return [(i, row[1:]) for i, row in remains.rows() if row[0] is None]


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, page_size=st.sampled_from([512, 1024, 4096, 65536]))
def test_every_row_of_an_undamaged_file_is_found(
    rows: dict[int, tuple[Value, ...]], page_size: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.db"
        make(path, rows, page_size)
        assert dict(found_in(path)) == rows


@settings(max_examples=60, deadline=None)
@given(data=st.data(), hits=st.lists(st.tuples(st.integers(0), st.binary(min_size=1)), min_size=1))
def test_damage_costs_no_row_on_another_page(
    data: st.DataObject, hits: list[tuple[int, bytes]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.db"
        make(path, {i: (i, "some text", 0.5, b"blob" * 20) for i in range(300)}, PAGE_SIZE)
        before = found_in(path)
        content = bytearray(path.read_bytes())
        hit_pages = set()
        for where, what in hits:
            at = where % (len(content) - len(what))
            content[at : at + len(what)] = what
            hit_pages |= {at // PAGE_SIZE, (at + len(what) - 1) // PAGE_SIZE}
        path.write_bytes(content)
        after = found_in(path)

    intact = [
        page
        for page in range(len(content) // PAGE_SIZE)
        if page not in hit_pages and content[page * PAGE_SIZE] == 0x0D
    ]
    with tempfile.TemporaryDirectory() as folder:
        alone = Path(folder) / "t.db"
        kept = bytearray(len(content))
        for page in intact:
            kept[page * PAGE_SIZE : (page + 1) * PAGE_SIZE] = content[
                page * PAGE_SIZE : (page + 1) * PAGE_SIZE
            ]
        alone.write_bytes(kept)
        expected = found_in(alone)
    assert set(expected) <= set(before)
    assert set(expected) <= set(after)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=3 * PAGE_SIZE))
def test_any_bytes_can_be_read(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.db"
        path.write_bytes(content)
        path.with_name("t.db-wal").write_bytes(content)
        with Remains(path) as remains:
            list(remains.rows())
            list(remains.older_rows())
