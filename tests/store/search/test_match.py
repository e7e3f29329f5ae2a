from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.lines import line
from wallflower.store import LineQuery, Store
from wallflower.store.search.match import match_expression

SAID = (
    "The plumber comes next Tuesday.",
    "Next week, on Tuesday, the café is closed.",
    "Don't forget: AND, OR and NOT are words, too!",
    "Müller's garden gate",
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plumber tuesday", {0}),
        ("TUESDAY", {0, 1}),
        ('"next tuesday"', {0}),
        ("“next tuesday”", {0}),
        ('"tuesday next"', set()),
        ("plumb*", {0}),
        ("plumb", set()),
        ("tues* ca*", {1}),
        ("cafe", {1}),
        ("CAFÉ", {1}),
        ("muller", {3}),
        ("müller's", {3}),
        ("don't", {2}),
        ("dont", set()),
        ("AND OR NOT", {2}),
        ("text:plumber", set()),
        ("plumber OR garden", set()),
        ("NEAR(plumber tuesday)", set()),
        ("(plumber", {0}),
        ("plumber)", {0}),
        ('"plumber', {0}),
        ('next"', {0, 1}),
        ("^the", {0, 1}),
        ("-plumber", {0}),
        ("plumber +tuesday", {0}),
        ("{text}: plumber", set()),
        ("plumber; DROP TABLE line", set()),
        ("***", set()),
        ("!?", set()),
        ('""', set()),
        ("😀", set()),
        ("", {0, 1, 2, 3}),
        ("  ", {0, 1, 2, 3}),
        ("pl\0umber", set()),
        ("\ud800", set()),
        ("the " * 2000, {0, 1}),
    ],
)
async def test_what_people_type(store: Store, text: str, found: set[int]) -> None:
    await store.lines.commit([line(said, i) for i, said in enumerate(SAID)])
    page = await store.lines.page(LineQuery(text=text))
    assert {item.text for item in page.items} == {SAID[i] for i in found}


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE said USING fts5 "
        "(text, tokenize='unicode61 remove_diacritics 2', prefix='2 3')"
    )
    connection.execute("INSERT INTO said VALUES ('Something was said AND heard.')")
    return connection


@given(text=st.text() | st.text(alphabet="ab \"*()^:{}+-,.'\\\0ANDORT", max_size=30))
def test_no_text_is_a_syntax_error(index: sqlite3.Connection, text: str) -> None:
    expression = match_expression(text)
    if expression is not None:
        index.execute("SELECT rowid FROM said WHERE said MATCH ?", (expression,)).fetchall()


@given(st.from_regex(r"[a-z]{1,8}( [a-z]{1,8}){0,3}", fullmatch=True))
def test_a_line_is_found_by_all_its_words_and_by_their_beginnings(text: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE said USING fts5 (text)")
    connection.execute("INSERT INTO said VALUES (?)", (text,))
    query = "SELECT count(*) FROM said WHERE said MATCH ?"
    beginnings = " ".join(f"{word[:2]}*" for word in text.split())
    for typed in (text, f'"{text}"', beginnings):
        assert connection.execute(query, (match_expression(typed),)).fetchone() == (1,)
    connection.close()
