"""Voices and the people behind them: the `VoiceKeeper` of `wallflower.domain.voices`."""

from __future__ import annotations

from peewee import SqliteDatabase, fn

from wallflower.domain.voices import Revision, RoomPrint, Sample, Voice
from wallflower.runtime.clock import Clock
from wallflower.store.models import LineRow, VoicePrintRow, VoiceRow
from wallflower.store.people.correcting import Standing, standing_of
from wallflower.store.people.revising import Revised, Revising
from wallflower.store.rows.voices import (
    found_voice,
    has_print,
    heard_at,
    put_print,
    put_sample,
    samples_of,
    voice_of,
    voice_there,
    voices_of,
)
from wallflower.store.strangers import Strangers


class VoiceTable:
    def __init__(self, strangers: Strangers, clock: Clock) -> None:
        self._tables = strangers
        self._clock = clock

    async def all(self, encoder: str) -> list[Voice]:
        """Voices with prints of `encoder`, oldest first."""

        def work(database: SqliteDatabase) -> list[Voice]:
            printed = VoicePrintRow.select(VoicePrintRow.voice).where(
                VoicePrintRow.encoder == encoder
            )
            query = VoiceRow.select().where(VoiceRow.id.in_(printed)).order_by(VoiceRow.id)
            return voices_of(database, query, encoder)

        return await self._tables.read(work)

    async def everyone(self, stream_id: str | None = None) -> list[Voice]:
        """Every voice, or those with a line on `stream_id`; most recently heard first.

        Each with the prints of the encoder that heard it last; without any where they were lost
        or may not be kept.
        """

        def work(database: SqliteDatabase) -> list[Voice]:
            query = VoiceRow.select()
            if stream_id is not None:
                there = LineRow.select(LineRow.id).where(
                    (LineRow.stream_id == stream_id) & (LineRow.speaker == VoiceRow.id)
                )
                query = query.where(fn.EXISTS(there))
            query = query.order_by(VoiceRow.last_heard_ns.desc(), VoiceRow.id.desc())
            return voices_of(database, query)

        return await self._tables.read(work)

    async def get(self, voice_id: int) -> Voice:
        """With prints as in `everyone`. Raises `NotFound`."""

        def work(database: SqliteDatabase) -> Voice:
            return voice_of(database, voice_id)

        return await self._tables.read(work)

    async def add(self, encoder: str, first: RoomPrint) -> Voice:
        """A new voice, named `Voice N` with the lowest N never used."""

        def work(database: SqliteDatabase) -> Voice:
            voice_id = found_voice(database, first.last_heard)
            put_print(database, encoder, voice_id, first)
            return voice_of(database, voice_id, encoder)

        return await self._tables.write(work)

    async def update(
        self,
        encoder: str,
        voice_id: int,
        learnt: RoomPrint,
        *,
        grown_from: RoomPrint | None = None,
    ) -> None:
        """Keep a voice's print of one stream. A voice that is gone is ignored.

        So is a print that has grown from one which is no more: it was made anew since, or taken
        away, because lines moved.
        """

        def work(database: SqliteDatabase) -> None:
            if not voice_there(database, voice_id):
                return
            heard_at(database, voice_id, learnt.last_heard)
            if grown_from is None or has_print(database, encoder, voice_id, grown_from):
                put_print(database, encoder, voice_id, learnt)

        await self._tables.write(work)

    async def keep_sample(self, voice_id: int, sample: Sample) -> None:
        """Keep `sample` if it is among the voice's best. A voice that is gone is ignored."""

        def work(database: SqliteDatabase) -> None:
            if voice_there(database, voice_id):
                put_sample(database, voice_id, sample)

        await self._tables.write(work)

    async def samples(self, voice_id: int) -> list[Sample]:
        """What is kept of a voice's sound, the best first."""

        def work(database: SqliteDatabase) -> list[Sample]:
            return samples_of(database, voice_id)

        return await self._tables.read(work)

    async def revise(
        self, encoder: str, revision: Revision, *, standing: Standing | None = None
    ) -> list[Revised]:
        """Write down what the second look found out, in one transaction.

        Confirmed lines stay as they are, named voices and those with a confirmed line stay there,
        whatever `revision` says. The prints given replace those of `encoder` on streams, unless
        a person decided something since `standing`, which the look asked for before it began:
        prints that were made anew since know more. The caller publishes the events.
        """

        def work(database: SqliteDatabase) -> list[Revised]:
            fresh = standing is None or standing == standing_of(database)
            return Revising(database, self._clock.wall(), encoder, fresh=fresh).apply(revision)

        return await self._tables.write(work, lend=True)
