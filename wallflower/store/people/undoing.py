"""A correction taken back: what it changed becomes what it was before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from peewee import SqliteDatabase

from wallflower.domain.errors import Conflict, NotFound
from wallflower.domain.events import Recorded
from wallflower.domain.times import WallTime
from wallflower.store.journal import (
    heir_of,
    record_corrected,
    record_forgotten,
    record_merged,
    record_renamed,
)
from wallflower.store.models import CorrectionRow, LineRow, VoiceRow
from wallflower.store.people.correcting import MADE, Fate
from wallflower.store.people.mending import Mending
from wallflower.store.people.moving import give_everything, has_lines, keep_heard, remove_voice
from wallflower.store.rows.lines import lines_of
from wallflower.store.rows.names import free_name
from wallflower.store.rows.plain import folded, int64
from wallflower.store.rows.voices import voice_there

IMAGES: Final = ("correction_line", "correction_print", "correction_sample")
"""Tables that hold what was before; of no use once it is so again."""


def correction_row(database: SqliteDatabase, correction_id: int) -> dict[str, Any]:
    """All columns of a correction. Raises `NotFound`."""
    query = CorrectionRow.select().where(CorrectionRow.id == correction_id)
    row: dict[str, Any] | None = query.dicts().first(database)
    if row is None:
        raise NotFound(f"There is no correction {correction_id}.")
    return row


@dataclass(frozen=True, slots=True)
class _Image:
    """A voice as it was before the correction."""

    voice_id: int
    renamed: bool
    moved: bool
    fate: Fate
    heir_id: int | None
    name: str
    known: bool
    first_heard_ns: int
    last_heard_ns: int


class Undoing:
    """One undo inside its transaction: `apply` once. The events are in `events`."""

    def __init__(
        self, database: SqliteDatabase, at: WallTime, mending: Mending, correction_id: int
    ) -> None:
        self._database = database
        self._at = at
        self._mending = mending
        self._id = int64(correction_id)
        self.events: list[Recorded] = []
        self.correction: dict[str, Any] = {}
        """Its row, once it is undone."""

    def apply(self) -> None:
        """Raises `NotFound`, or `Conflict` when something younger rests on it."""
        done_at_ns = self._checked()
        images = self._images()
        for image in images:
            self._restore_voice(image)
        changed = self._restore_lines()
        self._restore_samples()
        for image in images:
            if image.fate == Fate.MADE:
                self._unmake(image)
        for image in images:
            if image.moved and voice_there(self._database, image.voice_id):
                self._restore_prints(image, done_at_ns)
        for table in IMAGES:
            self._run(f"DELETE FROM {table} WHERE correction_id = ?", self._id)  # noqa: S608
        mine = CorrectionRow.id == self._id
        CorrectionRow.update(undone=True).where(mine).execute(self._database)
        self.correction = correction_row(self._database, self._id)
        for line in lines_of(self._database, changed):
            self.events.append(record_corrected(self._database, self._at, line))

    def _checked(self) -> int:
        row = correction_row(self._database, self._id)
        if row["undone"]:
            raise Conflict("This was undone already.")
        younger = self._run(_YOUNGER, self._id)
        if younger:
            raise Conflict(f"Undo the younger correction first: {younger[0][0]}")
        return int(row["at_ns"])

    def _images(self) -> list[_Image]:
        rows = self._run(
            "SELECT voice_id, renamed, moved, fate, heir_id, name, known, first_heard_ns, "
            "last_heard_ns FROM correction_voice WHERE correction_id = ? ORDER BY voice_id",
            self._id,
        )
        return [_Image(*row) for row in rows]

    def _restore_voice(self, image: _Image) -> None:
        columns: dict[str, Any] = {
            "name": image.name,
            "name_folded": folded(image.name),
            "known": image.known,
        }
        heard = {"first_heard_ns": image.first_heard_ns, "last_heard_ns": image.last_heard_ns}
        there = voice_there(self._database, image.voice_id)
        if image.fate == Fate.GONE and not there:
            free_name(self._database, image.name)
            VoiceRow.insert(id=image.voice_id, **columns, **heard).execute(self._database)
        elif image.fate == Fate.STAYS and image.renamed and there:
            free_name(self._database, image.name, but=image.voice_id)
            VoiceRow.update(**columns).where(VoiceRow.id == image.voice_id).execute(self._database)
        else:
            return
        renamed = record_renamed(
            self._database, self._at, image.voice_id, image.name, known=bool(image.known)
        )
        self.events.append(renamed)

    def _restore_lines(self) -> list[int]:
        """The ids of lines that are somebody else's now."""
        rows = self._run(
            "SELECT old.line_id, old.speaker_id, old.speaker_confidence, old.speaker_sure, "
            "old.confirmed, line.speaker_id FROM correction_line AS old "
            "JOIN line ON line.id = old.line_id WHERE old.correction_id = ?",
            self._id,
        )
        # A voice may have become part of another one since, or be forgotten.
        heirs = {old: None if old is None else heir_of(self._database, old) for _, old, *_ in rows}
        changed = []
        for line_id, old, confidence, sure, confirmed, now in rows:
            heir = heirs[old]
            nobody = heir is None
            LineRow.update(
                speaker=heir,
                speaker_confidence=None if nobody else confidence,
                speaker_sure=nobody or sure,
                confirmed=not nobody and confirmed,
            ).where(LineRow.id == line_id).execute(self._database)
            if heir != now:
                changed.append(line_id)
        return changed

    def _restore_samples(self) -> None:
        self._run(
            "UPDATE sample SET voice_id = old.voice_id FROM correction_sample AS old "
            "JOIN voice ON voice.id = old.voice_id "
            "WHERE sample.id = old.sample_id AND old.correction_id = ?",
            self._id,
        )
        self._database.execute_sql(
            "DELETE FROM sample WHERE id IN "
            "(SELECT sample_id FROM correction_sample WHERE correction_id = ? AND voice_id = ?)",
            (self._id, MADE),
        )

    def _unmake(self, image: _Image) -> None:
        """What became the voice's own since is its heir's."""
        heir = None if image.heir_id is None else heir_of(self._database, image.heir_id)
        if heir is None:
            remove_voice(self._database, image.voice_id)
            self.events.append(record_forgotten(self._database, self._at, image.voice_id))
        else:
            give_everything(self._database, image.voice_id, heir)
            self.events.append(record_merged(self._database, self._at, image.voice_id, heir))

    def _restore_prints(self, image: _Image, done_at_ns: int) -> None:
        """As they were; with what was heard since made part of them again."""
        database, voice_id = self._database, image.voice_id
        ((heard_since,),) = database.execute_sql(
            "SELECT count(*) FROM voice_print WHERE voice_id = ? AND last_heard_ns > ?",
            (voice_id, done_at_ns),
        ).fetchall()
        database.execute_sql(
            "DELETE FROM voice_print WHERE voice_id = ? AND (last_heard_ns <= ? OR EXISTS ("
            "SELECT 1 FROM correction_print AS old WHERE old.correction_id = ? "
            "AND old.voice_id = voice_print.voice_id AND old.encoder = voice_print.encoder "
            "AND old.stream_id = voice_print.stream_id))",
            (voice_id, done_at_ns, self._id),
        )
        database.execute_sql(
            "INSERT INTO voice_print "
            "(voice_id, encoder, stream_id, embedding, speech_s, last_heard_ns) "
            "SELECT voice_id, encoder, stream_id, embedding, speech_s, last_heard_ns "
            "FROM correction_print WHERE correction_id = ? AND voice_id = ?",
            (self._id, voice_id),
        )
        VoiceRow.update(
            first_heard_ns=image.first_heard_ns, last_heard_ns=image.last_heard_ns
        ).where(VoiceRow.id == voice_id).execute(database)
        if has_lines(database, voice_id):
            keep_heard(database, voice_id)
        if heard_since:
            self._mending.mend(database, voice_id)

    def _run(self, statement: str, *parameters: Any) -> list[Any]:
        return list(self._database.execute_sql(statement, parameters).fetchall())


_YOUNGER: Final = """
    SELECT younger.text FROM correction AS mine JOIN correction AS younger ON younger.id > mine.id
    WHERE mine.id = ? AND NOT younger.undone AND (
        EXISTS (
            SELECT 1 FROM correction_line AS a JOIN correction_line AS b USING (line_id)
            WHERE a.correction_id = mine.id AND b.correction_id = younger.id
        )
        OR EXISTS (
            SELECT 1 FROM correction_voice AS a JOIN correction_voice AS b USING (voice_id)
            WHERE a.correction_id = mine.id AND b.correction_id = younger.id
            AND (a.renamed AND b.renamed OR a.moved AND b.moved)
        )
    )
    ORDER BY younger.id DESC LIMIT 1
"""
"""What a younger correction rests on: the same lines, or a voice's name, or its lines."""
