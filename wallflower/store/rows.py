"""Between the values of the domain and the columns of the tables. Pure.

A line's words are stored as JSON in the line's own row, `[["Hello", 320, 290, 981], …]`: text,
start and length in milliseconds, probability in thousandths.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Sequence
from typing import Any, Final

from wallflower.domain.speech import Line, SpeakerRef, Word
from wallflower.domain.streams import StreamSpec
from wallflower.domain.times import WallTime

_NOT_TEXT: Final = dict.fromkeys((0, *range(0xD800, 0xE000)), "\ufffd")
"""NUL and lone surrogates: JSON and engines may hand them out, SQLite cannot keep them."""


_INT64_MAX: Final = 2**63 - 1


def int64(number: int) -> int:
    """`number`, or the nearest that SQLite can compare with: no id and no moment is that far."""
    return max(-_INT64_MAX, min(_INT64_MAX, number))


def clean(text: str) -> str:
    """`text` as SQLite can keep it."""
    return text.translate(_NOT_TEXT)


def folded(name: str) -> str:
    """What two names that people would call the same have in common.

    >>> folded("  Living   ROOM ") == folded("living room")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", clean(name)).casefold().split())


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


def stream_columns(spec: StreamSpec) -> dict[str, Any]:
    return {
        "id": spec.id,
        "name": clean(spec.name),
        "name_folded": folded(spec.name),
        "url": clean(spec.url),
        "enabled": spec.enabled,
        "listening": spec.listening,
        "area": spec.area and clean(spec.area),
    }


def stream_from(row: dict[str, Any]) -> StreamSpec:
    return StreamSpec(
        id=row["id"],
        name=row["name"],
        url=row["url"],
        enabled=bool(row["enabled"]),
        listening=bool(row["listening"]),
        area=row["area"],
    )


def _thousandths(number: float) -> int:
    return round(number * 1000) if math.isfinite(number) else 0


def _share(number: float) -> float:
    """0 to 1; a number that is none would fail the whole transaction, so it becomes 0."""
    return min(1.0, max(0.0, float(number))) if math.isfinite(number) else 0.0
