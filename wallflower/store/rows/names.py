"""What voices may be called."""

from __future__ import annotations

from typing import Final

from peewee import SqliteDatabase

from wallflower.domain.errors import BadInput, Conflict
from wallflower.store.models import ValueRow, VoiceRow
from wallflower.store.rows.plain import clean, folded
from wallflower.store.values import keep

NAME_MAX: Final = 80

LAST_NUMBER: Final = "voice.last_number"
"""The value that remembers the highest N of `Voice N` ever given."""


def checked_name(name: str) -> str:
    """`name` as it is kept. Raises `BadInput` when it is empty or too long."""
    name = " ".join(clean(name).split())
    if not name:
        raise BadInput("A name must not be empty.")
    if len(name) > NAME_MAX:
        raise BadInput(f"A name may have at most {NAME_MAX} characters, not {len(name)}.")
    return name


def free_name(database: SqliteDatabase, name: str, *, but: int | None = None) -> None:
    """Raise `Conflict` when a voice, `but` aside, has that name (letter case aside)."""
    same = VoiceRow.name_folded == folded(name)
    if but is not None:
        same &= VoiceRow.id != but
    if VoiceRow.select().where(same).exists(database):
        raise Conflict(f"Another voice is called {name!r} already; choose another name.")


def unused_name(database: SqliteDatabase) -> str:
    """`Voice N` with the lowest N never used.

    Also steps over `Voice N`s that people chose as a name themselves.
    """
    query = ValueRow.select(ValueRow.value).where(ValueRow.key == LAST_NUMBER)
    number = int(query.scalar(database) or 0) + 1
    while VoiceRow.select().where(VoiceRow.name_folded == f"voice {number}").exists(database):
        number += 1
    keep(database, LAST_NUMBER, str(number))
    return f"Voice {number}"
