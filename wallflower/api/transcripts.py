"""What was said: found, corrected, deleted."""

from __future__ import annotations

from http import HTTPStatus

from quart import Blueprint, Response
from quart_schema import document_response, tag

from wallflower.api.answers import answer, nothing
from wallflower.api.inputs import takes_body, takes_query
from wallflower.api.openapi import NOTHING
from wallflower.api.problems import raises
from wallflower.api.schema.speech import LineFilter, LineOut, LinePage, LinePatch
from wallflower.api.services import services
from wallflower.api.writes import unbroken
from wallflower.domain.errors import BadInput

transcripts = Blueprint("transcripts", __name__)


@transcripts.get("/api/transcripts")
@tag(["transcripts"])
@document_response(LinePage)
@raises(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
@takes_query(LineFilter)
async def list_lines(query: LineFilter) -> Response:
    """Lines, newest first."""
    return await _page(query)


@transcripts.post("/api/transcripts/search")
@tag(["transcripts"])
@document_response(LinePage)
@raises(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
@takes_body(LineFilter)
async def search_lines(data: LineFilter) -> Response:
    """The same, with the filter in a body: what is searched for stays out of access logs."""
    return await _page(data)


async def _page(wanted: LineFilter) -> Response:
    page = await services().store.lines.page(wanted.query())
    house = services().house
    return answer(LinePage(items=[LineOut.of(line, house) for line in page.items], next=page.next))


@transcripts.get("/api/transcripts/<int:line_id>")
@tag(["transcripts"])
@document_response(LineOut)
@raises(HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)
async def get_line(line_id: int) -> Response:
    """One line."""
    line = await services().store.lines.get(line_id)
    return answer(LineOut.of(line, services().house))


@transcripts.patch("/api/transcripts/<int:line_id>")
@tag(["transcripts"])
@document_response(LineOut)
@raises(
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
@takes_body(LinePatch)
@unbroken
async def change_line(line_id: int, data: LinePatch) -> Response:
    """Correct the text or the speaker of a line."""
    if data.speaker_id is not None and data.new_speaker:
        raise BadInput("A line has one speaker; send speaker_id or new_speaker.")
    if data.speaker_id is not None or data.new_speaker:
        line = await services().people.reassign(line_id, data.speaker_id, text=data.text)
        return answer(LineOut.of(line, services().house))
    if data.text is None:
        raise BadInput("Nothing to change was given; send text, speaker_id or new_speaker.")
    corrected = await services().store.lines.change(line_id, text=data.text)
    services().bus.publish(corrected)
    return answer(LineOut.of(corrected.line, services().house))


@transcripts.delete("/api/transcripts/<int:line_id>")
@tag(["transcripts"])
@NOTHING
@raises(HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)
@unbroken
async def delete_line(line_id: int) -> Response:
    """Delete a line for good."""
    services().bus.publish(await services().store.lines.delete(line_id))
    return nothing()
