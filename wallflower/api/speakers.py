"""Who said it: voices, and the names people give them."""

from __future__ import annotations

from http import HTTPStatus

from quart import Blueprint, Response
from quart_schema import document_response, tag

from wallflower.api.answers import answer
from wallflower.api.inputs import takes_body
from wallflower.api.problems import raises
from wallflower.api.schema.speech import SpeakerOut, SpeakerPage, SpeakerPatch
from wallflower.api.services import services
from wallflower.api.writes import unbroken

speakers = Blueprint("speakers", __name__)


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
@raises(
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
@takes_body(SpeakerPatch)
@unbroken
async def rename_speaker(speaker_id: int, data: SpeakerPatch) -> Response:
    """Name a voice; all its lines, past ones too, carry the name from now on."""
    voices = services().store.voices
    services().bus.publish(await voices.rename(speaker_id, data.name))
    return answer(SpeakerOut.of(await voices.get(speaker_id)))


@speakers.get("/api/streams/<stream_id>/speakers")
@tag(["speakers"])
@document_response(SpeakerPage)
@raises(HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)
async def list_stream_speakers(stream_id: str) -> Response:
    """The speakers who said something on a stream, most recently heard anywhere first."""
    services().house.stream(stream_id)
    voices = await services().store.voices.everyone(stream_id)
    return answer(SpeakerPage(items=[SpeakerOut.of(voice) for voice in voices]))
