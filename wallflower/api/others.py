"""The other Wallflowers on the network, for links between their pages."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response, tag

from wallflower.api.answers import answer
from wallflower.api.schema.others import OthersOut
from wallflower.api.services import services

others = Blueprint("others", __name__)


@others.get("/api/others")
@tag(["house"])
@document_response(OthersOut)
async def list_others() -> Response:
    """Other Wallflowers that announce themselves by mDNS."""
    return answer(OthersOut.of(services().others()))
