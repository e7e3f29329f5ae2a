"""Lines: as columns, and read inside a transaction with their voices' present names.

A line's words are stored as JSON in the line's own row, `[["Hello", 320, 290, 981], …]`: text,
start and length in milliseconds, probability in thousandths.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from peewee import JOIN, ModelSelect, SqliteDatabase

from wallflower.domain.errors import BadInput, NotFound
from wallflower.domain.speech import Line, SpeakerRef, Word
from wallflower.domain.times import WallTime
from wallflower.store.models import LineRow, VoiceRow
from wallflower.store.rows.plain import clean, int64

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


def put_text(database: SqliteDatabase, line_id: int, text: str) -> None:
    """A line's text as people put it right. Raises `BadInput` when it is empty."""
    text = clean(text.strip())
    if not text:
        raise BadInput("A line's text must not be empty; delete the line instead.")
    LineRow.update(text=text).where(LineRow.id == line_id).execute(database)


def pack_words(words: Sequence[Word]) -> str:
    packed = [
        (
            clean(word.text),
            _thousandths(word.start_s),
            _thousandths(word.end_s - word.start_s),
            _thousandths(word.probability),
        )
        for word in words
    ]
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":"))


def unpack_words(packed: str) -> tuple[Word, ...]:
    """Raises `ValueError` or `TypeError` when `packed` is not what `pack_words` makes."""
    return tuple(
        Word(text, start / 1000, (start + length) / 1000, probability / 1000)
        for text, start, length, probability in json.loads(packed)
    )


def line_columns(line: Line) -> dict[str, Any]:
    """Columns of a new line, the speaker's apart from the voice's name and standing."""
    return {
        "stream_id": line.stream_id,
        "start_ns": line.start.ns,
        "end_ns": line.end.ns,
        "text": clean(line.text),
        "words": pack_words(line.words),
        "speaker": line.speaker and line.speaker.id,
        "speaker_confidence": line.speaker and _share(line.speaker.confidence),
        "language": line.language,
        "confidence": _share(line.confidence),
        "engine": line.engine,
        "speaker_sure": line.speaker is None or line.speaker.sure,
        "confirmed": line.confirmed,
    }


def line_from(row: dict[str, Any]) -> Line:
    """A line from its columns joined with `speaker_name` and `speaker_known` of its voice."""
    speaker = None
    if row["speaker"] is not None:
        speaker = SpeakerRef(
            row["speaker"],
            row["speaker_name"],
            bool(row["speaker_known"]),
            row["speaker_confidence"],
            bool(row["speaker_sure"]),
        )
    return Line(
        stream_id=row["stream_id"],
        start=WallTime(row["start_ns"]),
        end=WallTime(row["end_ns"]),
        text=row["text"],
        words=unpack_words(row["words"]),
        speaker=speaker,
        language=row["language"],
        confidence=row["confidence"],
        engine=row["engine"],
        id=row["id"],
        confirmed=bool(row["confirmed"]),
    )


def _thousandths(number: float) -> int:
    return round(number * 1000) if math.isfinite(number) else 0


def _share(number: float) -> float:
    """0 to 1; a number that is none would fail the whole transaction, so it becomes 0."""
    return min(1.0, max(0.0, float(number))) if math.isfinite(number) else 0.0
