"""Lines inside a transaction, with their voices' present names."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any, Final

from peewee import JOIN, ModelSelect, SqliteDatabase

from wallflower.domain.errors import NotFound
from wallflower.domain.speech import Line
from wallflower.store.models import LineRow, VoiceRow
from wallflower.store.rows import int64, line_from

CORRECTED: Final[dict[str, Any]] = {
    "speaker_confidence": 1.0,
    "speaker_sure": True,
    "confirmed": True,
}
"""Columns of a line whose speaker a person named: nothing is guessed there."""

_PORTION: Final = 500


def lines_joined() -> ModelSelect[LineRow]:
    """Lines with the present name and standing of their voices."""
    return LineRow.select(
        LineRow, VoiceRow.name.alias("speaker_name"), VoiceRow.known.alias("speaker_known")
    ).join(VoiceRow, JOIN.LEFT_OUTER)


def line_of(database: SqliteDatabase, line_id: int) -> Line:
    """Raises `NotFound`."""
    row = lines_joined().where(LineRow.id == int64(line_id)).dicts().first(database)
    if row is None:
        raise NotFound(f"There is no line {line_id}.")
    return line_from(row)


def lines_of(database: SqliteDatabase, line_ids: Collection[int]) -> Iterator[Line]:
    """Those that are there, oldest id first."""
    ids = iter(sorted(line_ids))
    while portion := list(islice(ids, _PORTION)):
        query = lines_joined().where(LineRow.id.in_(portion)).order_by(LineRow.id)
        for row in query.dicts().execute(database):
            yield line_from(row)
