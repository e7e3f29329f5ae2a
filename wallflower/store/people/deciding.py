"""What people may decide about voices, each in one transaction that can be undone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from peewee import JOIN, SqliteDatabase, fn

from wallflower.domain.errors import BadInput, NotFound
from wallflower.domain.events import Recorded
from wallflower.domain.speech import Line
from wallflower.domain.times import WallTime
from wallflower.domain.voices import RoomPrint, Sample
from wallflower.store.journal import record_corrected, record_merged, record_renamed
from wallflower.store.models import LinePrintRow, LineRow, SampleRow, VoiceRow
from wallflower.store.people.correcting import Correcting, Made
from wallflower.store.people.mending import Mending
from wallflower.store.people.moving import give_everything, give_lines, has_lines
from wallflower.store.rows.lines import CORRECTED, lines_of, put_text
from wallflower.store.rows.names import checked_name, free_name
from wallflower.store.rows.plain import folded, int64
from wallflower.store.rows.prints import sample_columns
from wallflower.store.rows.voices import found_voice, voice_of

LINES_MAX: Final = 10_000
"""So many lines to one decision."""
ANCHORS: Final = 5
"""Of the lines that a split leaves behind, so many of the clearest are confirmed, too: they keep
the second look from joining again what a person took apart."""


class Deciding:
    """One decision inside its transaction: call one method once. The events are in `events`."""

    def __init__(self, database: SqliteDatabase, at: WallTime, mending: Mending) -> None:
        self._database = database
        self._at = at
        self._mending = mending
        self.events: list[Recorded] = []

    def rename(self, voice_id: int, name: str) -> None:
        name = checked_name(name)
        before = voice_of(self._database, voice_id)
        free_name(self._database, name, but=voice_id)
        correcting = self._correcting(Made.RENAME)
        correcting.names(voice_id)
        self._name(voice_id, name)
        correcting.tell(f"{before.name} was named {name}.")

    def merge(self, gone_ids: Sequence[int], into_id: int) -> None:
        into = voice_of(self._database, into_id, self._mending.encoder)
        if not gone_ids or into_id in gone_ids:
            raise BadInput("Name at least one other voice to merge into this one.")
        gone = [
            voice_of(self._database, gone_id, self._mending.encoder)
            for gone_id in dict.fromkeys(gone_ids)
        ]
        correcting = self._correcting(Made.MERGE)
        for voice in (into, *gone):
            correcting.moves(voice.id)
        for voice in gone:
            correcting.lines_of(voice.id)
            correcting.gone(voice.id)
            give_everything(self._database, voice.id, into_id, CORRECTED)
            self.events.append(record_merged(self._database, self._at, voice.id, into_id))
        # Where both were heard, the print of `into` stayed; the others' weigh in again here.
        more = [
            print_ for voice in gone for print_ in voice.prints if into.print_on(print_.stream_id)
        ]
        self._mending.mend(self._database, into_id, more=more)
        names = ", ".join(voice.name for voice in gone)
        correcting.tell(f"{names} {'was' if len(gone) == 1 else 'were'} merged into {into.name}.")

    def split(self, voice_id: int, line_ids: Collection[int], name: str | None) -> int:
        """The id of the new voice."""
        voice = voice_of(self._database, voice_id)
        name = None if name is None else checked_name(name)
        lines = self._checked_lines(line_ids)
        mine = LineRow.speaker == voice_id
        if LineRow.select().where(mine & LineRow.id.in_(lines)).count(self._database) < len(lines):
            raise BadInput(f"Only lines of {voice.name} can be split from it.")
        if LineRow.select().where(mine).count(self._database) == len(lines):
            raise BadInput(f"These are all lines of {voice.name}: rename it, or leave it some.")
        correcting = self._correcting(Made.SPLIT)
        new_id = self._found(correcting, name, self._start(lines), heir_id=voice_id)
        self._give(correcting, lines, new_id)
        anchors = self._clearest(voice_id)
        correcting.lines(anchors)
        LineRow.update(**CORRECTED).where(LineRow.id.in_(anchors)).execute(self._database)
        new = voice_of(self._database, new_id)
        correcting.tell(f"{_count(lines)} of {voice.name} became {new.name}.")
        return new_id

    def reassign(self, line_id: int, voice_id: int | None, text: str | None = None) -> None:
        (line,) = self._lines([line_id])
        if text is not None:
            put_text(self._database, line_id, text)
        to = None if voice_id is None else voice_of(self._database, voice_id).id
        correcting = self._correcting(Made.REASSIGN)
        if to is None:
            heir = None if line.speaker is None else line.speaker.id
            to = self._found(correcting, None, line.start, heir_id=heir)
        self._give(correcting, [line_id], to)
        new = voice_of(self._database, to)
        before = line.speaker.name if line.speaker else "nobody"
        told = f"A line of {before} was given to {new.name}."
        if before == new.name:
            told = f"A line of {new.name} was confirmed."
        correcting.tell(told)

    def enrol(
        self,
        name: str,
        line_ids: Collection[int] = (),
        prints: Sequence[RoomPrint] = (),
        samples: Sequence[Sample] = (),
    ) -> int:
        """The id of the person called `name`: a voice of that name, or a new one."""
        name = checked_name(name)
        lines = self._checked_lines(line_ids) if line_ids else []
        correcting = self._correcting(Made.ENROL)
        query = VoiceRow.select(VoiceRow.id).where(VoiceRow.name_folded == folded(name))
        person = query.scalar(self._database)
        if person is None:
            at = self._start(lines) if lines else self._at
            person = self._found(correcting, name, at, heir_id=None)
        else:
            correcting.moves(person)
            if not voice_of(self._database, person).known:
                correcting.names(person)
                self._name(person, name)
        self._give(correcting, lines, person)
        for sample in samples:
            columns = sample_columns(person, sample)
            correcting.added_sample(SampleRow.insert(**columns).execute(self._database))
        self._mending.mend(self._database, person, more=prints)
        what = _count(lines) if lines else "What was recorded"
        correcting.tell(f"{what} taught {voice_of(self._database, person).name}'s voice.")
        return int(person)

    def _correcting(self, kind: Made) -> Correcting:
        return Correcting(self._database, self._at, kind)

    def _name(self, voice_id: int, name: str) -> None:
        VoiceRow.update(name=name, name_folded=folded(name), known=True).where(
            VoiceRow.id == voice_id
        ).execute(self._database)
        self._tell_name(voice_id, name)

    def _tell_name(self, voice_id: int, name: str) -> None:
        self.events.append(record_renamed(self._database, self._at, voice_id, name, known=True))

    def _found(
        self, correcting: Correcting, name: str | None, at: WallTime, *, heir_id: int | None
    ) -> int:
        if name is not None:
            free_name(self._database, name)
        voice_id = found_voice(self._database, at, name=name)
        correcting.made(voice_id, heir_id)
        if name is not None:
            self._tell_name(voice_id, name)
        return voice_id

    def _give(self, correcting: Correcting, line_ids: Collection[int], to: int) -> None:
        """Lines become `to`'s for good; a voice nobody named goes with its last one."""
        lines = list(self._lines(line_ids))
        correcting.lines(line_ids)
        left: dict[int, set[str]] = {}
        for line in lines:
            if line.speaker is not None and line.speaker.id != to:
                left.setdefault(line.speaker.id, set()).add(line.stream_id)
        for voice_id in (to, *left):
            correcting.moves(voice_id)
        give_lines(self._database, line_ids, to, CORRECTED)
        for voice_id, streams in left.items():
            self._leave(correcting, voice_id, to, streams)
        self._mending.mend(self._database, to)
        for corrected in lines_of(self._database, line_ids):
            self.events.append(record_corrected(self._database, self._at, corrected))

    def _leave(self, correcting: Correcting, voice_id: int, to: int, streams: set[str]) -> None:
        if voice_of(self._database, voice_id).known or has_lines(self._database, voice_id):
            self._mending.mend(self._database, voice_id, left=streams)
            return
        correcting.gone(voice_id)
        give_everything(self._database, voice_id, to)
        self.events.append(record_merged(self._database, self._at, voice_id, to))

    def _start(self, line_ids: Collection[int]) -> WallTime:
        return min(line.start for line in self._lines(line_ids))

    def _checked_lines(self, line_ids: Collection[int]) -> list[int]:
        if not 0 < len(line_ids) <= LINES_MAX:
            raise BadInput(f"Choose 1 to {LINES_MAX} lines.")
        return [line.id or 0 for line in self._lines(line_ids)]

    def _lines(self, line_ids: Collection[int]) -> list[Line]:
        """Oldest id first. Raises `NotFound` unless all are there."""
        found = list(lines_of(self._database, {int64(line_id) for line_id in line_ids}))
        missing = set(line_ids) - {line.id for line in found}
        if missing:
            raise NotFound(f"There is no line {min(missing)}.")
        return found

    def _clearest(self, voice_id: int) -> list[int]:
        """Lines of a voice that tell it best; with no prints kept, the youngest."""
        query = (
            LineRow.select(LineRow.id)
            .join(LinePrintRow, JOIN.LEFT_OUTER, on=LinePrintRow.line == LineRow.id)
            .where(LineRow.speaker == voice_id)
            .order_by(fn.COALESCE(LinePrintRow.worth, 0).desc(), LineRow.id.desc())
            .limit(ANCHORS)
        )
        return [row["id"] for row in query.dicts().execute(self._database)]


def _count(lines: Sequence[int]) -> str:
    return "A line" if len(lines) == 1 else f"{len(lines)} lines"
