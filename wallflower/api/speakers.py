"""Who said it: voices, and what people decide about them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from quart import Blueprint, Response
from quart_schema import document_response, tag

from wallflower.api.answers import answer, nothing
from wallflower.api.inputs import takes_body
from wallflower.api.openapi import NOTHING
from wallflower.api.problems import raises
from wallflower.api.schema.people import MergeIn, SplitIn
from wallflower.api.schema.speech import SpeakerOut, SpeakerPage, SpeakerPatch
from wallflower.api.services import services
from wallflower.api.writes import unbroken

speakers = Blueprint("speakers", __name__)

_DECISION: Final = (
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""Problems of a decision about voices."""


@speakers.get("/api/speakers")
@tag(["speakers"])
@document_response(SpeakerPage)
@raises(HTTPStatus.SERVICE_UNAVAILABLE)
async def list_speakers() -> Response:
    """All speakers, most recently heard first."""
    voices = await services().store.voices.everyone()
    return answer(SpeakerPage(items=[SpeakerOut.of(voice) for voice in voices]))


@speakers.get("/api/speakers/<int:speaker_id>")
@tag(["speakers"])
@document_response(SpeakerOut)
@raises(HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)
async def get_speaker(speaker_id: int) -> Response:
    """One speaker."""
    return answer(SpeakerOut.of(await services().store.voices.get(speaker_id)))


@speakers.patch("/api/speakers/<int:speaker_id>")
@tag(["speakers"])
@document_response(SpeakerOut)
@raises(*_DECISION)
@takes_body(SpeakerPatch)
@unbroken
async def rename_speaker(speaker_id: int, data: SpeakerPatch) -> Response:
    """Name a voice; all its lines, past ones too, carry the name from now on."""
    return answer(SpeakerOut.of(await services().people.rename(speaker_id, data.name)))


@speakers.delete("/api/speakers/<int:speaker_id>")
@tag(["speakers"])
@NOTHING
@raises(HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)
@unbroken
async def forget_speaker(speaker_id: int) -> Response:
    """Forget how a voice sounds and take its name off its lines, for good; the texts stay."""
    await services().people.forget(speaker_id)
    return nothing()


@speakers.post("/api/speakers/merge")
@tag(["speakers"])
@document_response(SpeakerOut)
@raises(*_DECISION)
@takes_body(MergeIn)
@unbroken
async def merge_speakers(data: MergeIn) -> Response:
    """Make voices that are one person's one: their lines are all of `into` then."""
    return answer(SpeakerOut.of(await services().people.merge(data.gone, data.into)))


@speakers.post("/api/speakers/<int:speaker_id>/split")
@tag(["speakers"])
@document_response(SpeakerOut, 201)
@raises(*_DECISION)
@takes_body(SplitIn)
@unbroken
async def split_speaker(speaker_id: int, data: SplitIn) -> Response:
    """Take somebody else's lines out of a voice; the voice that they make."""
    voice = await services().people.split(speaker_id, data.lines, data.name)
    return answer(SpeakerOut.of(voice), HTTPStatus.CREATED)


@speakers.get("/api/streams/<stream_id>/speakers")
@tag(["speakers"])
@document_response(SpeakerPage)
@raises(HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)
async def list_stream_speakers(stream_id: str) -> Response:
    """The speakers who said something on a stream, most recently heard anywhere first."""
    services().house.stream(stream_id)
    voices = await services().store.voices.everyone(stream_id)
    return answer(SpeakerPage(items=[SpeakerOut.of(voice) for voice in voices]))
