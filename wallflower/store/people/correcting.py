"""What a person decided, recorded with all it changes as that was before. See `undoing`."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Final

from peewee import SqliteDatabase

from wallflower.domain.times import WallTime
from wallflower.store.models import CorrectionRow

MADE: Final = 0
"""In `correction_sample`, the voice of a sample that the correction itself added."""


_KEEP_LINES: Final = (
    "INSERT OR IGNORE INTO correction_line "
    "SELECT ?, id, speaker_id, speaker_confidence, speaker_sure, confirmed FROM line WHERE "
)


class Made(enum.StrEnum):
    """What people can decide; the values are those of the API."""

    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"
    REASSIGN = "reassign"
    ENROL = "enrol"


class Fate(enum.StrEnum):
    """What a correction did to a voice."""

    STAYS = "stays"
    MADE = "made"
    GONE = "gone"


Standing = tuple[int, int]
"""Differs after every decision and every undo."""


def standing_of(database: SqliteDatabase) -> Standing:
    query = "SELECT coalesce(max(id), 0), coalesce(sum(undone), 0) FROM correction"
    youngest, undone = database.execute_sql(query).fetchone()
    return youngest, undone


class Correcting:
    """One correction inside its transaction. Tell it of every change before it is made."""

    def __init__(self, database: SqliteDatabase, at: WallTime, kind: Made) -> None:
        self._database = database
        self.id: Final = int(
            CorrectionRow.insert(kind=kind, text="", at_ns=at.ns, undone=False).execute(database)
        )

    def names(self, voice_id: int) -> None:
        """The name of a voice will change."""
        self._keep_voice(voice_id, renamed=True, moved=False, fate=Fate.STAYS)

    def moves(self, voice_id: int) -> None:
        """A voice will win or lose lines, prints or samples."""
        self._keep_voice(voice_id, renamed=False, moved=True, fate=Fate.STAYS)
        self._execute(
            "INSERT OR IGNORE INTO correction_print SELECT ?, voice_id, encoder, stream_id, "
            "embedding, speech_s, last_heard_ns FROM voice_print WHERE voice_id = ?",
            voice_id,
        )
        self._execute(
            "INSERT OR IGNORE INTO correction_sample SELECT ?, id, voice_id FROM sample "
            "WHERE voice_id = ?",
            voice_id,
        )

    def made(self, voice_id: int, heir_id: int | None) -> None:
        """A new voice was made; at an undo, `heir_id` gets what became its own later."""
        self._keep_voice(voice_id, renamed=True, moved=True, fate=Fate.MADE, heir_id=heir_id)

    def gone(self, voice_id: int) -> None:
        """A voice that was told of with `moves` will go."""
        self._database.execute_sql(
            "UPDATE correction_voice SET fate = ?, renamed = 1 "
            "WHERE correction_id = ? AND voice_id = ?",
            (Fate.GONE, self.id, voice_id),
        )

    def lines(self, line_ids: Iterable[int]) -> None:
        """The speaker of these lines will change, or be confirmed."""
        for line_id in line_ids:
            self._execute(_KEEP_LINES + "id = ?", line_id)

    def lines_of(self, voice_id: int) -> None:
        """The speaker of all these lines will change."""
        self._execute(_KEEP_LINES + "speaker_id = ?", voice_id)

    def added_sample(self, sample_id: int) -> None:
        self._database.execute_sql(
            "INSERT INTO correction_sample VALUES (?, ?, ?)", (self.id, sample_id, MADE)
        )

    def tell(self, text: str) -> None:
        """What was done, in a sentence for people."""
        CorrectionRow.update(text=text).where(CorrectionRow.id == self.id).execute(self._database)

    def _keep_voice(
        self, voice_id: int, *, renamed: bool, moved: bool, fate: Fate, heir_id: int | None = None
    ) -> None:
        self._database.execute_sql(
            "INSERT INTO correction_voice "
            "SELECT ?, id, ?, ?, ?, ?, name, known, first_heard_ns, last_heard_ns "
            "FROM voice WHERE id = ? ON CONFLICT DO UPDATE SET "
            "renamed = max(renamed, excluded.renamed), moved = max(moved, excluded.moved)",
            (self.id, renamed, moved, fate, heir_id, voice_id),
        )

    def _execute(self, statement: str, value: int) -> None:
        self._database.execute_sql(statement, (self.id, value))
