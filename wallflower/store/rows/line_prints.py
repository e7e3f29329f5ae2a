"""What lines sounded like, for as long as that is worth the room."""

from __future__ import annotations

import logging
from typing import Any, Final

from peewee import Expression, SqliteDatabase

from wallflower.domain.prints import Prints
from wallflower.domain.times import NS_PER_S, WallTime
from wallflower.domain.voices import HeardLine
from wallflower.store.models import LinePrintRow, LineRow
from wallflower.store.rows.prints import print_columns, prints_from

KEEP_S: Final = 7 * 24 * 3600.0
"""Prints of younger lines are kept: a week of talk can be looked at and corrected again."""
KEEP_BEST: Final = 40
"""Of older lines, so many of each voice on each stream: what its prints are repaired from."""
KEEP_ROWS: Final = 20_000
"""Never more, whatever their age: some 150 MB."""

_log = logging.getLogger(__name__)


def put_line_print(database: SqliteDatabase, line_id: int, prints: Prints) -> None:
    LinePrintRow.insert(line=line_id, **print_columns(prints)).execute(database)


def heard_lines(
    database: SqliteDatabase, encoder: str, which: Expression, limit: int, *, best: bool = False
) -> list[HeardLine]:
    """Lines that `which` (a condition on `LineRow`) holds for, by start.

    Of more than `limit` the youngest, or the `best` to tell a voice by, confirmed ones first.
    """
    by_age = (LineRow.start_ns.desc(), LineRow.id.desc())
    by_worth = (LineRow.confirmed.desc(), LinePrintRow.worth.desc(), LineRow.id)
    query = (
        LineRow.select(
            LineRow.id,
            LineRow.stream_id,
            LineRow.start_ns,
            LineRow.end_ns,
            LineRow.speaker,
            LineRow.confirmed,
            LinePrintRow.encoder,
            LinePrintRow.windows,
            LinePrintRow.edges,
            LinePrintRow.overlapped,
            LinePrintRow.contrast_db,
        )
        .join(LinePrintRow, on=LinePrintRow.line == LineRow.id)
        .where(which & (LinePrintRow.encoder == encoder))
        .order_by(*(by_worth if best else by_age))
        .limit(limit)
    )
    found = (_heard(row) for row in query.dicts().execute(database))
    lines = [line for line in found if line is not None]
    return sorted(lines, key=lambda line: (line.start, line.id))


def _heard(row: dict[str, Any]) -> HeardLine | None:
    try:
        prints = prints_from(row)
    except ValueError as error:
        # Damage on the disk; the line itself is whole.
        _log.warning("What line %d sounded like cannot be read: %s", row["id"], error)
        return None
    return HeardLine(
        id=row["id"],
        stream_id=row["stream_id"],
        start=WallTime(row["start_ns"]),
        end=WallTime(row["end_ns"]),
        voice_id=row["speaker"],
        confirmed=bool(row["confirmed"]),
        prints=prints,
    )


def prune_line_prints(database: SqliteDatabase, now: WallTime) -> int:
    """Let go of old prints but the best of each voice and stream; how many that were."""
    # Confirmed lines come first: they alone are certain.
    before = database.execute_sql("SELECT count(*) FROM line_print").fetchone()[0]
    database.execute_sql(
        "DELETE FROM line_print WHERE line_id IN ("
        "SELECT line_id FROM ("
        "SELECT p.line_id, l.speaker_id, l.start_ns, row_number() OVER ("
        "PARTITION BY l.speaker_id, l.stream_id, p.encoder "
        "ORDER BY l.confirmed DESC, p.worth DESC) AS place "
        "FROM line_print AS p JOIN line AS l ON l.id = p.line_id) "
        "WHERE start_ns < ? AND (place > ? OR speaker_id IS NULL))",
        (now.ns - round(KEEP_S * NS_PER_S), KEEP_BEST),
    )
    database.execute_sql(
        "DELETE FROM line_print WHERE line_id IN "
        "(SELECT line_id FROM line_print ORDER BY line_id DESC LIMIT -1 OFFSET ?)",
        (KEEP_ROWS,),
    )
    after = database.execute_sql("SELECT count(*) FROM line_print").fetchone()[0]
    return int(before - after)
