"""What the second look found out, written down. Nothing that a person decided is changed."""

from __future__ import annotations

from collections.abc import Mapping

from peewee import SqliteDatabase

from wallflower.domain.events import LineCorrected, SpeakerForgotten, SpeakerMerged
from wallflower.domain.times import WallTime
from wallflower.domain.voices import Reassigned, Revision, RoomPrint
from wallflower.store.journal import (
    heir_of,
    record_corrected,
    record_forgotten,
    record_merged,
)
from wallflower.store.models import LineRow, VoiceRow
from wallflower.store.people.moving import give_everything, give_lines, has_lines, remove_voice
from wallflower.store.rows.lines import line_of
from wallflower.store.rows.voices import found_voice, put_print, voice_there

Revised = LineCorrected | SpeakerMerged | SpeakerForgotten


class Revising:
    """One revision inside its transaction: `apply` once."""

    def __init__(
        self, database: SqliteDatabase, at: WallTime, encoder: str, *, fresh: bool
    ) -> None:
        """`fresh`: nobody decided anything since the look began."""
        self._database = database
        self._at = at
        self._encoder = encoder
        self._fresh = fresh
        self._events: list[Revised] = []
        self._founded: dict[int, int] = {}
        """The ids of new voices, by their numbers below 0."""
        self._left: dict[int, set[int]] = {}
        """Voices that lost lines, and to whom."""

    def apply(self, revision: Revision) -> list[Revised]:
        for gone, into in revision.merged.items():
            self._merge(gone, into)
        for change in revision.lines:
            self._reassign(change, revision.prints)
        for voice_id, prints in revision.prints.items():
            if self._fresh and voice_id >= 0 and voice_there(self._database, voice_id):
                self._put(voice_id, prints)
        for voice_id, heirs in self._left.items():
            self._leave(voice_id, heirs)
        return self._events

    def _merge(self, gone_id: int, into_id: int) -> None:
        into = heir_of(self._database, into_id)
        if into is None or into == gone_id or not self._may_go(gone_id):
            return
        give_everything(self._database, gone_id, into)
        self._events.append(record_merged(self._database, self._at, gone_id, into))

    def _may_go(self, voice_id: int) -> bool:
        """Whether nobody named this voice or said that a line is of it."""
        known = (
            VoiceRow.select(VoiceRow.known).where(VoiceRow.id == voice_id).scalar(self._database)
        )
        return known is not None and not known and not self._has(voice_id, confirmed=True)

    def _has(self, voice_id: int, *, confirmed: bool = False) -> bool:
        return has_lines(self._database, voice_id, confirmed=confirmed)

    def _reassign(self, change: Reassigned, prints: Mapping[int, tuple[RoomPrint, ...]]) -> None:
        query = LineRow.select(LineRow.speaker, LineRow.speaker_sure, LineRow.start_ns).where(
            (LineRow.id == change.line_id) & ~LineRow.confirmed
        )
        line = query.dicts().first(self._database)
        voice = line and self._voice(change.voice, WallTime(line["start_ns"]), prints)
        if line is None or voice is None:
            return
        if (line["speaker"], bool(line["speaker_sure"])) == (voice, change.sure):
            return
        columns = {"speaker_confidence": change.confidence, "speaker_sure": change.sure}
        give_lines(self._database, [change.line_id], voice, columns)
        if line["speaker"] not in (None, voice):
            self._left.setdefault(line["speaker"], set()).add(voice)
        corrected = line_of(self._database, change.line_id)
        self._events.append(record_corrected(self._database, self._at, corrected))

    def _voice(
        self, number: int, at: WallTime, prints: Mapping[int, tuple[RoomPrint, ...]]
    ) -> int | None:
        if number >= 0:
            return heir_of(self._database, number)
        if number not in self._founded:
            self._founded[number] = found_voice(self._database, at)
            self._put(self._founded[number], prints.get(number, ()))
        return self._founded[number]

    def _put(self, voice_id: int, prints: tuple[RoomPrint, ...]) -> None:
        """`prints` in the place of all that were heard on streams; clips and profiles stay."""
        self._database.execute_sql(
            "DELETE FROM voice_print WHERE voice_id = ? AND encoder = ? AND stream_id != ''",
            (voice_id, self._encoder),
        )
        for each in prints:
            put_print(self._database, self._encoder, voice_id, each)

    def _leave(self, voice_id: int, heirs: set[int]) -> None:
        """A voice nobody named and no line is of any more goes."""
        if not self._may_go(voice_id) or self._has(voice_id):
            return
        if len(heirs) == 1:
            (heir,) = heirs
            give_everything(self._database, voice_id, heir)
            self._events.append(record_merged(self._database, self._at, voice_id, heir))
        else:
            remove_voice(self._database, voice_id)
            self._events.append(record_forgotten(self._database, self._at, voice_id))
