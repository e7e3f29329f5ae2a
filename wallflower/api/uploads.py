"""Bodies that are larger than JSON: recordings of a voice, and profiles with their samples.

They stay in memory: sound does not belong on a disk, not even for a moment.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from quart import Request, request
from werkzeug.exceptions import BadRequest
from werkzeug.formparser import FormDataParser

from wallflower.api.inputs import BadFields, BadJson, BadMediaType
from wallflower.api.schema.problem import FieldProblem

MAX_RECORDING_BYTES: Final = 16 * 1024 * 1024
"""Two minutes of WAV in stereo at 48 kHz, and less."""

MAX_PROFILES_BYTES: Final = 64 * 1024 * 1024
"""Some forty people with all the samples that are kept of each."""

UPLOAD_TIMEOUT_S: Final = 60

CLIP: Final = "clip"
"""The field of a form that holds the recording."""

LIMITS: Final = {
    "/api/speakers/enrol": MAX_RECORDING_BYTES,
    "/api/speakers/verify": MAX_RECORDING_BYTES,
    "/api/speakers/import": MAX_PROFILES_BYTES,
}
"""How many bytes a body may have, by path; elsewhere less."""

_PARTS: Final = 10


class UploadRequest(Request):
    """A request that takes more, and may take longer, where recordings are sent."""

    def __init__(
        self,
        method: str,
        scheme: str,
        path: str,
        *rest: Any,
        max_content_length: int | None = None,
        body_timeout: int | None = None,
        **more: Any,
    ) -> None:
        limit = LIMITS.get(path)
        super().__init__(
            method,
            scheme,
            path,
            *rest,
            max_content_length=limit or max_content_length,
            body_timeout=UPLOAD_TIMEOUT_S if limit else body_timeout,
            **more,
        )


@dataclass(frozen=True, slots=True)
class Upload:
    """A recording, and what was said about it."""

    fields: dict[str, list[str]]
    recording: bytes


async def sent_recording() -> Upload:
    """The recording in the current request: a form's field `clip`, or the whole body.

    In a form the other fields are beside it, otherwise they stand in the query. Raises
    `BadMediaType` for bodies of another kind and `BadFields` for a form without recording.
    """
    body = await _body()
    if request.mimetype == "multipart/form-data":
        return await asyncio.to_thread(_from_form, body, dict(request.mimetype_params))
    if request.mimetype.startswith(("audio/", "video/")) or (
        request.mimetype == "application/octet-stream"
    ):
        return Upload(request.args.to_dict(flat=False), body)
    raise BadMediaType(
        "Send the recording as a form (multipart/form-data) with the field 'clip', or as the "
        "whole body with a Content-Type of audio/…."
    )


async def sent_object() -> dict[str, Any]:
    """The JSON object in the current request. Raises `BadMediaType` or `BadJson`."""
    if request.mimetype != "application/json":
        raise BadMediaType("Send the profiles as JSON with Content-Type: application/json.")
    try:
        value = await asyncio.to_thread(json.loads, await _body())
    except (ValueError, RecursionError):
        raise BadJson("The request's body cannot be read as JSON.") from None
    if not isinstance(value, dict):
        raise BadJson("The request's body must be a JSON object, as the export gives it.")
    return value


async def _body() -> bytes:
    return await request.get_data(cache=True, as_text=False, parse_form_data=False)


def _from_form(body: bytes, options: dict[str, str]) -> Upload:
    parser = FormDataParser(
        stream_factory=lambda *_args, **_more: BytesIO(), max_form_parts=_PARTS, silent=False
    )
    try:
        _, form, files = parser.parse(BytesIO(body), "multipart/form-data", len(body), options)
    except ValueError:
        raise BadRequest from None
    recording = files.get(CLIP)
    if recording is None:
        detail = f"The field {CLIP!r} is missing: it holds the recording, as a file."
        raise BadFields([FieldProblem(field=CLIP, detail=detail, code="missing")])
    return Upload(form.to_dict(flat=False), recording.stream.read())
