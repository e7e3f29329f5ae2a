"""What people decided about voices, and taking it back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from quart import Blueprint, Response
from quart_schema import document_response, tag

from wallflower.api.answers import answer
from wallflower.api.inputs import takes_query
from wallflower.api.problems import raises
from wallflower.api.rights import must_be_admin
from wallflower.api.schema.people import CorrectionOut, CorrectionPage, CorrectionQuery
from wallflower.api.services import services
from wallflower.api.writes import unbroken

EVERYDAY: Final = frozenset({"rename", "reassign"})
"""Kinds of corrections that everybody may make, and so take back."""

corrections = Blueprint("corrections", __name__)


@corrections.get("/api/corrections")
@tag(["speakers"])
@document_response(CorrectionPage)
@raises(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
@takes_query(CorrectionQuery)
async def list_corrections(query: CorrectionQuery) -> Response:
    """What people decided about voices, the youngest first."""
    found = await services().people.corrections(query.limit)
    return answer(CorrectionPage(items=[CorrectionOut.of(correction) for correction in found]))


@corrections.post("/api/corrections/<int:correction_id>/undo")
@tag(["speakers"])
@document_response(CorrectionOut)
@raises(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE)
@unbroken
async def undo_correction(correction_id: int) -> Response:
    """Take a correction back; younger ones that rest on it come first."""
    people = services().people
    if (await people.correction(correction_id)).kind not in EVERYDAY:
        await must_be_admin()
    return answer(CorrectionOut.of(await people.undo(correction_id)))
