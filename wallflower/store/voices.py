"""Voices and the people behind them: the `VoiceKeeper` of `wallflower.domain.voices`."""

from __future__ import annotations

from typing import Final

from peewee import SqliteDatabase, fn

from wallflower.domain.errors import BadInput, Conflict, NotFound
from wallflower.domain.events import SpeakerRenamed
from wallflower.domain.times import WallTime
from wallflower.domain.voices import Embedding, Voice
from wallflower.runtime.clock import Clock
from wallflower.store.connection import Connections
from wallflower.store.journal import record_renamed
from wallflower.store.models import LineRow, ValueRow, VoiceRow
from wallflower.store.rows import clean, folded, int64, pack_embedding, voice_from
from wallflower.store.values import keep

NAME_MAX: Final = 80

LAST_NUMBER: Final = "voice.last_number"
"""The value that remembers the highest N of `Voice N` ever given."""


class VoiceTable:
    def __init__(self, connections: Connections, clock: Clock) -> None:
        self._connections = connections
        self._clock = clock

    async def all(self, encoder: str) -> list[Voice]:
        """Voices with prints of `encoder`, oldest first."""

        def work(database: SqliteDatabase) -> list[Voice]:
            query = VoiceRow.select().where(VoiceRow.encoder == encoder).order_by(VoiceRow.id)
            return [voice_from(row) for row in query.dicts().execute(database)]

        return await self._connections.read(work)

    async def everyone(self, stream_id: str | None = None) -> list[Voice]:
        """Every voice, or those with a line on `stream_id`; most recently heard first."""

        def work(database: SqliteDatabase) -> list[Voice]:
            query = VoiceRow.select()
            if stream_id is not None:
                there = LineRow.select(LineRow.id).where(
                    (LineRow.stream_id == stream_id) & (LineRow.speaker == VoiceRow.id)
                )
                query = query.where(fn.EXISTS(there))
            query = query.order_by(VoiceRow.last_heard_ns.desc(), VoiceRow.id.desc())
            return [voice_from(row) for row in query.dicts().execute(database)]

        return await self._connections.read(work)

    async def get(self, voice_id: int) -> Voice:
        """Raises `NotFound`."""

        def work(database: SqliteDatabase) -> Voice:
            return _voice(database, voice_id)

        return await self._connections.read(work)

    async def add(self, encoder: str, centroid: Embedding, speech_s: float, at: WallTime) -> Voice:
        """A new voice, named `Voice N` with the lowest N never used."""

        def work(database: SqliteDatabase) -> Voice:
            name = unused_name(database)
            voice_id = VoiceRow.insert(
                name=name,
                name_folded=folded(name),
                known=False,
                encoder=encoder,
                centroid=pack_embedding(centroid),
                speech_s=speech_s,
                first_heard_ns=at.ns,
                last_heard_ns=at.ns,
            ).execute(database)
            return _voice(database, voice_id)

        return await self._connections.write(work)

    async def update(
        self, voice_id: int, centroid: Embedding, speech_s: float, at: WallTime
    ) -> None:
        """Keep a voice's grown print, heard at `at`. A voice that is gone is ignored."""

        def work(database: SqliteDatabase) -> None:
            VoiceRow.update(
                centroid=pack_embedding(centroid),
                speech_s=speech_s,
                # Streams report in any order: a voice is never heard less recently than before.
                last_heard_ns=fn.MAX(VoiceRow.last_heard_ns, at.ns),
            ).where(VoiceRow.id == int64(voice_id)).execute(database)

        await self._connections.write(work)

    async def rename(self, voice_id: int, name: str) -> SpeakerRenamed:
        """Name a voice, which makes it known; past lines show the new name at once.

        Raises `BadInput` on an empty or too long name, `NotFound`, or `Conflict` when another
        voice has that name (letter case aside). The caller publishes the event.
        """
        name = " ".join(clean(name).split())
        if not name:
            raise BadInput("A name must not be empty.")
        if len(name) > NAME_MAX:
            raise BadInput(f"A name may have at most {NAME_MAX} characters, not {len(name)}.")

        def work(database: SqliteDatabase) -> SpeakerRenamed:
            _voice(database, voice_id)
            same = (VoiceRow.name_folded == folded(name)) & (VoiceRow.id != voice_id)
            if VoiceRow.select().where(same).exists(database):
                raise Conflict(f"Another voice is called {name!r} already; choose another name.")
            VoiceRow.update(name=name, name_folded=folded(name), known=True).where(
                VoiceRow.id == voice_id
            ).execute(database)
            return record_renamed(database, self._clock.wall(), voice_id, name, known=True)

        return await self._connections.write(work)


def _voice(database: SqliteDatabase, voice_id: int) -> Voice:
    row = VoiceRow.select().where(VoiceRow.id == int64(voice_id)).dicts().first(database)
    if row is None:
        raise NotFound(f"There is no voice {voice_id}.")
    return voice_from(row)


def unused_name(database: SqliteDatabase) -> str:
    """Also steps over `Voice N`s that people chose as a name themselves."""
    query = ValueRow.select(ValueRow.value).where(ValueRow.key == LAST_NUMBER)
    number = int(query.scalar(database) or 0) + 1
    while VoiceRow.select().where(VoiceRow.name_folded == f"voice {number}").exists(database):
        number += 1
    keep(database, LAST_NUMBER, str(number))
    return f"Voice {number}"
