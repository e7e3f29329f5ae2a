"""Everything that can go wrong in a way we have a sentence for.

    WallflowerError
    ├── BadInput                  the caller can mend it (HTTP 4xx, exit code 2)
    │   ├── BadStreamUrl
    │   ├── BadSettings
    │   ├── NotFound
    │   ├── Conflict
    │   └── AdminRequired         a user of Home Assistant may not do this (HTTP 403)
    ├── CaptureError              a source cannot be read
    │   ├── Unreachable           host down, name unknown, port closed
    │   ├── Unauthorized          wrong or missing password          (fatal)
    │   ├── NoSuchStream          the host answers, the path does not exist
    │   ├── NoAudio               a stream without an audio track: tried again, it may be
    │   │                         switched on in the camera
    │   ├── NoPicture             a stream without a video track, asked for a picture
    │   ├── UnsupportedSource     FFmpeg cannot read what is there
    │   ├── Stalled               connected, but no audio arrives
    │   └── StreamEnded           the source closed the stream
    ├── MissingProgram            FFmpeg is not there                (fatal)
    ├── ModelMissing              weights are not there              (fatal)
    ├── EngineFailed              a recogniser broke
    │   ├── EngineAway            no recognition server can be reached, or none writes
    │   ├── EngineBusy            no recognition server is free soon enough
    │   └── EngineRefused         a server does not want us: token, certificate, model
    ├── BrokerError               MQTT
    │   ├── BrokerMissing         Home Assistant has none
    │   ├── BrokerUnreachable
    │   ├── BrokerRefused         wrong user or password
    │   └── BaseTopicTaken        another Wallflower has our topics there
    ├── RightsUnknown             Home Assistant does not say who is an administrator
    └── StoreError
        ├── DiskFull              kept in memory and tried again
        └── DatabaseDamaged

Each carries `code` (stable, for programs), `fatal` (trying again cannot help) and a message that
is one sentence for people: what is wrong and what to do. Messages never hold credentials.
"""

from __future__ import annotations

from typing import ClassVar


class WallflowerError(Exception):
    """Base of all errors with a sentence for people (`str(error)`)."""

    code: ClassVar[str] = "error"
    fatal: ClassVar[bool] = False


class BadInput(WallflowerError):
    code = "bad_input"


class BadStreamUrl(BadInput):
    code = "bad_stream_url"


class BadSettings(BadInput):
    code = "bad_settings"


class NotFound(BadInput):
    code = "not_found"


class Conflict(BadInput):
    code = "conflict"


class AdminRequired(BadInput):
    code = "admin_required"


class CaptureError(WallflowerError):
    code = "capture_failed"


class Unreachable(CaptureError):
    code = "stream_unreachable"


class Unauthorized(CaptureError):
    code = "stream_unauthorized"
    fatal = True


class NoSuchStream(CaptureError):
    code = "stream_not_found"


class NoAudio(CaptureError):
    code = "stream_without_audio"


class NoPicture(CaptureError):
    code = "stream_without_picture"


class UnsupportedSource(CaptureError):
    code = "stream_unsupported"


class Stalled(CaptureError):
    code = "stream_stalled"


class StreamEnded(CaptureError):
    code = "stream_ended"


class MissingProgram(WallflowerError):
    code = "program_missing"
    fatal = True


class ModelMissing(WallflowerError):
    code = "model_missing"
    fatal = True


class EngineFailed(WallflowerError):
    code = "engine_failed"


class EngineAway(EngineFailed):
    code = "engine_away"


class EngineBusy(EngineFailed):
    code = "engine_busy"


class EngineRefused(EngineFailed):
    code = "engine_refused"


class BrokerError(WallflowerError):
    code = "broker_failed"


class BrokerMissing(BrokerError):
    code = "broker_missing"


class BrokerUnreachable(BrokerError):
    code = "broker_unreachable"


class BrokerRefused(BrokerError):
    code = "broker_refused"


class BaseTopicTaken(BrokerError):
    code = "base_topic_taken"


class RightsUnknown(WallflowerError):
    code = "rights_unknown"


class StoreError(WallflowerError):
    code = "store_failed"


class DiskFull(StoreError):
    code = "disk_full"


class DatabaseDamaged(StoreError):
    code = "database_damaged"


def is_fatal(error: BaseException) -> bool:
    """The one place that decides: True when trying again cannot help."""
    return isinstance(error, WallflowerError) and error.fatal


def first_of(error: Exception) -> Exception:
    """The first error in a group, however deep it lies; any other error itself."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
