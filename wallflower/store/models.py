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
    first_heard_ns = IntegerField()
    last_heard_ns = IntegerField()

    class Meta:
        table_name = "voice"


class VoicePrintRow(Model):
    """What a voice sounds like to one encoder on one stream; unique by these three."""

    id = AutoField()
    voice = ForeignKeyField(VoiceRow, on_delete="CASCADE")
    encoder = TextField()
    stream_id = TextField()
    embedding = BlobField()
    """float32, little-endian."""
    speech_s = FloatField()
    last_heard_ns = IntegerField()

    class Meta:
        table_name = "voice_print"


class SampleRow(Model):
    id = AutoField()
    voice = ForeignKeyField(VoiceRow, on_delete="CASCADE")
    stream_id = TextField()
    pcm = BlobField()
    """int16, little-endian, 16 kHz."""
    quality = FloatField()
    at_ns = IntegerField()

    class Meta:
        table_name = "sample"


class LineRow(Model):
    id = AutoField()
    stream_id = TextField()
    start_ns = IntegerField()
    end_ns = IntegerField()
    text = TextField()
    words = TextField()
    """See `wallflower.store.rows.lines`."""
    speaker = ForeignKeyField(VoiceRow, null=True, on_delete="SET NULL")
    speaker_confidence = FloatField(null=True)
    language = TextField()
    confidence = FloatField()
    engine = TextField()
    speaker_sure = BooleanField(default=True)
    confirmed = BooleanField(default=False)

    class Meta:
        table_name = "line"


class LinePrintRow(Model):
    """What a line sounded like. See `wallflower.store.rows.prints`."""

    line = ForeignKeyField(LineRow, primary_key=True, on_delete="CASCADE")
    encoder = TextField()
    windows = BlobField()
    edges = BlobField()
    overlapped = BlobField()
    contrast_db = FloatField()
    worth = FloatField()

    class Meta:
        table_name = "line_print"


class Kind(enum.StrEnum):
    """What an event in the journal is about."""

    LINE_COMMITTED = "line_committed"
    LINE_CORRECTED = "line_corrected"
    LINE_DELETED = "line_deleted"
    SPEAKER_RENAMED = "speaker_renamed"
    SPEAKER_MERGED = "speaker_merged"
    SPEAKER_FORGOTTEN = "speaker_forgotten"


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


class CorrectionRow(Model):
    """What a person decided; what it changed is in the tables `correction_…`."""

    id = AutoField()
    kind = CharField()
    text = TextField()
    at_ns = IntegerField()
    undone = BooleanField()

    class Meta:
        table_name = "correction"


class ValueRow(Model):
    key = TextField(primary_key=True)
    value = TextField()

    class Meta:
        table_name = "value"
