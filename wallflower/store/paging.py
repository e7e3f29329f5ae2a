"""One page of lines out of any number, at the cost of a page."""

from __future__ import annotations

from typing import Final

from peewee import SQL, ModelSelect, SqliteDatabase, Tuple

from wallflower.domain.times import WallTime
from wallflower.store.match import match_expression
from wallflower.store.models import LineRow
from wallflower.store.query import LineQuery, Page, Position, cursor_at, position_at
from wallflower.store.rows import line_from

_INT64_MAX: Final = 2**63 - 1


def page_of(query: LineQuery, lines: ModelSelect[LineRow], database: SqliteDatabase) -> Page:
    """The page of `lines` (a select of `LineRow`) that `query` asks for. Raises `BadInput`."""
    selected = filtered(query, lines)
    if selected is None:
        return Page((), None)
    rows = list(selected.limit(query.limit + 1).dicts().execute(database))
    shown = rows[: query.limit]
    following = None
    if len(rows) > len(shown):
        following = cursor_at(Position(shown[-1]["start_ns"], shown[-1]["id"]))
    return Page(tuple(map(line_from, shown)), following)


def filtered(query: LineQuery, lines: ModelSelect[LineRow]) -> ModelSelect[LineRow] | None:
    """`lines` in order and with the conditions of `query`; None when nothing can match."""
    place = Tuple(LineRow.start_ns, LineRow.id)
    if query.cursor is not None:
        position = position_at(query.cursor)
        lines = lines.where(place < Tuple(position.start_ns, position.line_id))
    if query.stream_id is not None:
        lines = lines.where(LineRow.stream_id == query.stream_id)
    if query.speaker_id is not None:
        lines = lines.where(LineRow.speaker == query.speaker_id)
    if query.since is not None:
        lines = lines.where(LineRow.start_ns >= _storable(query.since))
    if query.until is not None:
        lines = lines.where(LineRow.start_ns < _storable(query.until))
    if query.text is not None and query.text.strip():
        expression = match_expression(query.text)
        if expression is None:
            return None
        found = SQL("(SELECT rowid FROM line_search WHERE line_search MATCH ?)", (expression,))
        lines = lines.where(LineRow.id.in_(found))
    return lines.order_by(LineRow.start_ns.desc(), LineRow.id.desc())


def _storable(moment: WallTime) -> int:
    """Moments far outside any recording still compare rightly."""
    return max(-_INT64_MAX, min(_INT64_MAX, moment.ns))
