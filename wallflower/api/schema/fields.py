"""Fields that several shapes share."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from wallflower.domain.times import WallTime

MAX_ID: Final = 2**63 - 1
"""The largest integer SQLite holds; anything above cannot name a row."""


class Output(BaseModel):
    """Something the API sends."""

    model_config = ConfigDict(frozen=True)


class Input(BaseModel):
    """Something the API is sent: unknown fields and other types than documented are refused."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


def _moment(value: Any) -> WallTime:
    try:
        moment = WallTime.from_iso(value)
    except (TypeError, ValueError):
        raise ValueError(
            "must be a date and time like 2026-11-22T08:15:30Z (in an address, write + as %2B)"
        ) from None
    if abs(moment.ns) > MAX_ID:
        raise ValueError("must lie between the years 1678 and 2262")
    return moment


def _printable(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    if not all(char.isprintable() for char in text):
        raise ValueError("must not hold control characters")
    return text.strip()


RowId = Annotated[int, Field(ge=1, le=MAX_ID)]

Name = Annotated[str, Field(max_length=80), AfterValidator(_printable)]
"""A name people give: trimmed, printable, not empty."""

Moment = Annotated[
    WallTime,
    PlainValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A moment as the API is sent it: ISO 8601, UTC unless it says otherwise."""

UtcText = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
"""A moment as the API sends it: ISO 8601 in UTC with milliseconds."""
