"""Who is asking, for a page that hides what one may not do."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response, tag

from wallflower.api.answers import answer
from wallflower.api.schema.me import MeOut
from wallflower.api.visitor import visitor
from wallflower.domain.errors import RightsUnknown

me = Blueprint("me", __name__)


@me.get("/api/me")
@tag(["house"])
@document_response(MeOut)
async def get_me() -> Response:
    """Who is asking, and whether they may do everything."""
    who = visitor()
    admin: bool | None
    try:
        admin = await who.is_admin()
    except RightsUnknown:
        admin = None
    return answer(MeOut(id=who.id, name=who.name, admin=admin, via=who.via))
