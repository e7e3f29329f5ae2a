"""Teaching voices, asking whose a voice is, and taking voices from house to house."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import Any, Final

from quart import Blueprint, Response, request
from quart_schema import document_response, tag

from wallflower.api.answers import answer
from wallflower.api.inputs import parse_body, parse_query, takes_query
from wallflower.api.openapi import components_of, describe
from wallflower.api.problems import raises
from wallflower.api.schema.people import (
    EnrolClipQuery,
    EnrolLinesIn,
    ExportQuery,
    VerificationOut,
    VerifyQuery,
)
from wallflower.api.schema.speech import SpeakerOut, SpeakerPage
from wallflower.api.services import services
from wallflower.api.uploads import CLIP, sent_object, sent_recording
from wallflower.api.writes import unbroken

enrolment = Blueprint("enrolment", __name__)

_PROBLEMS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)

_RECORDING: Final = {"type": "string", "format": "binary"}


def _form(field: str, kind: dict[str, Any]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {field: kind, CLIP: _RECORDING},
        "required": [field, CLIP],
    }
    return {"schema": schema}


def _in_query(field: str, kind: dict[str, Any]) -> dict[str, Any]:
    told = "Only where the recording is the whole body"
    return {"name": field, "in": "query", "schema": kind, "description": told}


_NAME: Final = {"type": "string", "maxLength": 80}
_ID: Final = {"type": "integer", "minimum": 1}
_PROFILES: Final = {"application/json": {"schema": {"type": "object"}}}


@enrolment.post("/api/speakers/enrol")
@tag(["speakers"])
@document_response(SpeakerOut)
@raises(*_PROBLEMS)
@describe(
    parameters=[_in_query("name", _NAME)],
    requestBody={
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/EnrolLinesIn"}},
            "multipart/form-data": _form("name", _NAME),
            "audio/*": {"schema": _RECORDING},
        },
    },
    components=components_of(EnrolLinesIn),
)
@unbroken
async def enrol() -> Response:
    """Teach a person's voice, by lines that they said or by a recording of them alone."""
    people = services().people
    if request.mimetype == "application/json":
        body = await request.get_data(cache=True, as_text=False, parse_form_data=False)
        said = parse_body(EnrolLinesIn, body)
        return answer(SpeakerOut.of(await people.enrol_lines(said.name, said.lines)))
    upload = await sent_recording()
    name = parse_query(EnrolClipQuery, upload.fields).name
    pcm = await services().hear(upload.recording)
    return answer(SpeakerOut.of(await people.enrol_clip(name, pcm)))


@enrolment.post("/api/speakers/verify")
@tag(["speakers"])
@document_response(VerificationOut)
@raises(*_PROBLEMS)
@describe(
    parameters=[_in_query("speaker_id", _ID)],
    requestBody={
        "required": True,
        "content": {
            "multipart/form-data": _form("speaker_id", _ID),
            "audio/*": {"schema": _RECORDING},
        },
    },
)
async def verify() -> Response:
    """Is the voice in a recording that of a certain person?"""
    upload = await sent_recording()
    speaker_id = parse_query(VerifyQuery, upload.fields).speaker_id
    pcm = await services().hear(upload.recording)
    verification = await services().people.verify(speaker_id, pcm)
    voice = await services().store.voices.get(speaker_id)
    return answer(VerificationOut.of(verification, voice))


@enrolment.get("/api/speakers/export")
@tag(["speakers"])
@raises(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
@describe(
    responses={"200": {"description": "Profiles, as docs/profiles.md says", "content": _PROFILES}}
)
@takes_query(ExportQuery)
async def export_speakers(query: ExportQuery) -> Response:
    """Profiles of people, to keep or to take to another Wallflower."""
    profiles = await services().people.export(query.ids(), samples=query.samples)
    headers = {"Content-Disposition": 'attachment; filename="wallflower-people.json"'}
    # With samples these are many megabytes.
    body = await asyncio.to_thread(json.dumps, profiles)
    return Response(body, content_type="application/json", headers=headers)


@enrolment.post("/api/speakers/import")
@tag(["speakers"])
@document_response(SpeakerPage)
@raises(*_PROBLEMS)
@describe(requestBody={"required": True, "content": _PROFILES})
@unbroken
async def import_speakers() -> Response:
    """Take in people out of an export; one with the name of somebody here adds to them."""
    voices = await services().people.import_(await sent_object())
    return answer(SpeakerPage(items=[SpeakerOut.of(voice) for voice in voices]))
