"""Voices inside a transaction: read with their prints, founded, taught."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final

from peewee import ModelSelect, SqliteDatabase, fn

from wallflower.domain.errors import NotFound
from wallflower.domain.times import WallTime
from wallflower.domain.voices import RoomPrint, Sample, Voice
from wallflower.store.models import SampleRow, VoicePrintRow, VoiceRow
from wallflower.store.rows.names import unused_name
from wallflower.store.rows.plain import folded, int64
from wallflower.store.rows.prints import (
    pack_embedding,
    room_print_columns,
    room_print_from,
    sample_columns,
    sample_from,
    voice_from,
)

SAMPLES_PER_STREAM: Final = 2
SAMPLES_PER_VOICE: Final = 8
"""Of some 100 kB each; several rooms are worth more than the best one often."""


def voices_of(
    database: SqliteDatabase, rows: ModelSelect[VoiceRow], encoder: str | None = None
) -> list[Voice]:
    """Voices of a select of `VoiceRow`, in its order, with their prints of `encoder`.

    Without `encoder`: of the encoder that heard the voice last.
    """
    found = list(rows.dicts().execute(database))
    prints = _prints(database, [row["id"] for row in found], encoder)
    return [voice_from(row, *_youngest(prints[row["id"]], encoder)) for row in found]


def voice_of(database: SqliteDatabase, voice_id: int, encoder: str | None = None) -> Voice:
    """Raises `NotFound`."""
    query = VoiceRow.select().where(VoiceRow.id == int64(voice_id))
    voices = voices_of(database, query, encoder)
    if not voices:
        raise NotFound(f"There is no voice {voice_id}.")
    return voices[0]


def voice_there(database: SqliteDatabase, voice_id: int) -> bool:
    query = VoiceRow.select(VoiceRow.id).where(VoiceRow.id == int64(voice_id))
    return bool(query.exists(database))


def _prints(
    database: SqliteDatabase, voice_ids: Collection[int], encoder: str | None
) -> defaultdict[int, dict[str, list[RoomPrint]]]:
    query = VoicePrintRow.select().where(VoicePrintRow.voice.in_(list(voice_ids)))
    if encoder is not None:
        query = query.where(VoicePrintRow.encoder == encoder)
    prints: defaultdict[int, dict[str, list[RoomPrint]]] = defaultdict(dict)
    for row in query.order_by(VoicePrintRow.id).dicts().execute(database):
        by_encoder = prints[row["voice"]]
        by_encoder.setdefault(row["encoder"], []).append(room_print_from(row))
    return prints


def _youngest(
    prints: dict[str, list[RoomPrint]], encoder: str | None
) -> tuple[str, list[RoomPrint]]:
    if encoder is None:
        last = {name: max(each.last_heard for each in found) for name, found in prints.items()}
        encoder = max(last, key=lambda name: last[name], default="")
    return encoder, prints.get(encoder, [])


def found_voice(
    database: SqliteDatabase, at: WallTime, *, name: str | None = None, voice_id: int | None = None
) -> int:
    """The id of a new voice: a person called `name`, or `Voice N` with the lowest N never used."""
    known, name = name is not None, name or unused_name(database)
    return int(
        VoiceRow.insert(
            **({} if voice_id is None else {"id": voice_id}),
            name=name,
            name_folded=folded(name),
            known=known,
            first_heard_ns=at.ns,
            last_heard_ns=at.ns,
        ).execute(database)
    )


def put_print(database: SqliteDatabase, encoder: str, voice_id: int, learnt: RoomPrint) -> None:
    """Keep the print of one stream in the place of the one before."""
    columns = room_print_columns(voice_id, encoder, learnt)
    VoicePrintRow.insert(**columns).on_conflict(
        conflict_target=[VoicePrintRow.voice, VoicePrintRow.encoder, VoicePrintRow.stream_id],
        update={key: columns[key] for key in ("embedding", "speech_s", "last_heard_ns")},
    ).execute(database)


def has_print(database: SqliteDatabase, encoder: str, voice_id: int, learnt: RoomPrint) -> bool:
    """Whether a voice has this very print."""
    query = VoicePrintRow.select(VoicePrintRow.embedding).where(
        (VoicePrintRow.voice == voice_id)
        & (VoicePrintRow.encoder == encoder)
        & (VoicePrintRow.stream_id == learnt.stream_id)
    )
    return bool(query.scalar(database) == pack_embedding(learnt.embedding))


def put_prints(
    database: SqliteDatabase, encoder: str, voice_id: int, prints: Iterable[RoomPrint]
) -> None:
    """Keep `prints` in the place of all of that encoder."""
    old = (VoicePrintRow.voice == voice_id) & (VoicePrintRow.encoder == encoder)
    VoicePrintRow.delete().where(old).execute(database)
    for each in prints:
        put_print(database, encoder, voice_id, each)


def heard_at(
    database: SqliteDatabase, voice_id: int, at: WallTime, until: WallTime | None = None
) -> None:
    """Streams report in any order: a voice is never heard less recently than before."""
    VoiceRow.update(
        first_heard_ns=fn.MIN(VoiceRow.first_heard_ns, at.ns),
        last_heard_ns=fn.MAX(VoiceRow.last_heard_ns, (until or at).ns),
    ).where(VoiceRow.id == int64(voice_id)).execute(database)


def put_sample(database: SqliteDatabase, voice_id: int, sample: Sample) -> None:
    """Keep `sample` if it is among the best of its voice."""
    SampleRow.insert(**sample_columns(voice_id, sample)).execute(database)
    best_samples(database, voice_id)


def best_samples(database: SqliteDatabase, voice_id: int) -> None:
    """Let go of all but a voice's best samples."""
    mine = (
        SampleRow.select(SampleRow.id, SampleRow.stream_id)
        .where(SampleRow.voice == voice_id)
        .order_by(SampleRow.quality.desc(), SampleRow.id)
    )
    kept: defaultdict[str, int] = defaultdict(int)
    for row in list(mine.dicts().execute(database)):
        stream_full = kept[row["stream_id"]] >= SAMPLES_PER_STREAM
        if stream_full or sum(kept.values()) >= SAMPLES_PER_VOICE:
            SampleRow.delete().where(SampleRow.id == row["id"]).execute(database)
        else:
            kept[row["stream_id"]] += 1


def samples_of(database: SqliteDatabase, voice_id: int) -> list[Sample]:
    """The best first."""
    mine = SampleRow.select().where(SampleRow.voice == int64(voice_id))
    query = mine.order_by(SampleRow.quality.desc(), SampleRow.id)
    return [sample_from(row) for row in query.dicts().execute(database)]
