"""The tables as peewee sees them. Their schema is made by `migrations`.

The models are bound to no database: every query names the connection it runs on.
"""

from __future__ import annotations

import enum

from peewee import (
    AutoField,
    BlobField,
    BooleanField,
    CharField,
    FloatField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)


class StreamRow(Model):
    position = AutoField()
    id = TextField(unique=True)
    name = TextField()
    name_folded = TextField(unique=True)
    url = TextField()
    enabled = BooleanField()
    listening = BooleanField()
    area = TextField(null=True)

    class Meta:
        table_name = "stream"


class VoiceRow(Model):
    id = AutoField()
    name = TextField()
    name_folded = TextField(unique=True)
    known = BooleanField()
    encoder = TextField()
    centroid = BlobField()
    """float32, little-endian."""
    speech_s = FloatField()
    first_heard_ns = IntegerField()
    last_heard_ns = IntegerField()

    class Meta:
        table_name = "voice"


class LineRow(Model):
    id = AutoField()
    stream_id = TextField()
    start_ns = IntegerField()
    end_ns = IntegerField()
    text = TextField()
    words = TextField()
    """See `wallflower.store.rows`."""
    speaker = ForeignKeyField(VoiceRow, null=True, on_delete="SET NULL")
    speaker_confidence = FloatField(null=True)
    language = TextField()
    confidence = FloatField()
    engine = TextField()

    class Meta:
        table_name = "line"


class Kind(enum.StrEnum):
    """What an event in the journal is about."""

    LINE_COMMITTED = "line_committed"
    LINE_CORRECTED = "line_corrected"
    LINE_DELETED = "line_deleted"
    SPEAKER_RENAMED = "speaker_renamed"


class JournalRow(Model):
    id = AutoField()
    kind = CharField()
    line_id = IntegerField(null=True)
    voice_id = IntegerField(null=True)
    stream_id = TextField(null=True)
    """None: the event is about every stream."""
    at_ns = IntegerField()
    payload = TextField(null=True)
    """JSON: what was so at the time and is not to be read from the row later."""

    class Meta:
        table_name = "journal"


class ValueRow(Model):
    key = TextField(primary_key=True)
    value = TextField()

    class Meta:
        table_name = "value"
