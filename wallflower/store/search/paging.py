"""One page of lines out of any number, at the cost of a page."""

from __future__ import annotations

from typing import Final

from peewee import OP, SQL, Expression, ModelSelect, NodeList, SqliteDatabase, Tuple

from wallflower.store.models import LineRow
from wallflower.store.rows.lines import line_from
from wallflower.store.rows.plain import clean, int64
from wallflower.store.search.match import match_expression
from wallflower.store.search.query import LineQuery, Page, Position, cursor_at, position_at

FEW: Final = 5000
"""Up to this many matches are looked up one by one and sorted; with more, walking the lines in
order meets a page's worth soon. At a million lines: 1 to 20 ms and up to 150 ms; each way would
take seconds on the other's searches."""


def page_of(query: LineQuery, lines: ModelSelect[LineRow], database: SqliteDatabase) -> Page:
    """The page of `lines` (a select of `LineRow`) that `query` asks for. Raises `BadInput`."""
    selected = filtered(query, lines)
    if query.text is not None and query.text.strip():
        expression = match_expression(query.text)
        if expression is None:
            return Page((), None)
        selected = matching(expression, selected, few=_are_few(expression, database))
    rows = list(selected.limit(query.limit + 1).dicts().execute(database))
    shown = rows[: query.limit]
    following = None
    if len(rows) > len(shown):
        following = cursor_at(Position(shown[-1]["start_ns"], shown[-1]["id"]))
    return Page(tuple(map(line_from, shown)), following)


def filtered(query: LineQuery, lines: ModelSelect[LineRow]) -> ModelSelect[LineRow]:
    """`lines` in order and with every condition of `query` but its text."""
    if query.cursor is not None:
        position = position_at(query.cursor)
        place = Tuple(LineRow.start_ns, LineRow.id)
        lines = lines.where(place < Tuple(position.start_ns, position.line_id))
    if query.stream_id is not None:
        lines = lines.where(LineRow.stream_id == clean(query.stream_id))
    if query.speaker_id is not None:
        lines = lines.where(LineRow.speaker == int64(query.speaker_id))
    if query.since is not None:
        lines = lines.where(LineRow.start_ns >= int64(query.since.ns))
    if query.until is not None:
        lines = lines.where(LineRow.start_ns < int64(query.until.ns))
    return lines.order_by(LineRow.start_ns.desc(), LineRow.id.desc())


def matching(expression: str, lines: ModelSelect[LineRow], *, few: bool) -> ModelSelect[LineRow]:
    """`lines` that match the FTS5 `expression`."""
    found = SQL("(SELECT rowid FROM line_search WHERE line_search MATCH ?)", (expression,))
    # The + keeps SQLite from looking every match up by its row id.
    return lines.where(
        Expression(LineRow.id if few else NodeList((SQL("+"), LineRow.id)), OP.IN, found)
    )


def _are_few(expression: str, database: SqliteDatabase) -> bool:
    counted = database.execute_sql(
        "SELECT count(*) FROM (SELECT 1 FROM line_search WHERE line_search MATCH ? LIMIT ?)",
        (expression, FEW + 1),
    )
    return int(counted.fetchone()[0]) <= FEW
