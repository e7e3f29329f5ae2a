"""A picture of what a camera sees now."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from pydantic import Field
from quart import Blueprint, Response
from quart_schema import tag

from wallflower.api.inputs import takes_query
from wallflower.api.openapi import describe
from wallflower.api.problems import raises
from wallflower.api.schema.fields import Input
from wallflower.api.services import services

snapshot = Blueprint("snapshot", __name__)


class SnapshotQuery(Input):
    width: Annotated[
        int | None,
        Field(ge=16, le=7680, description="The most pixels it may be wide; left out: as it is"),
    ] = None


@snapshot.get("/api/streams/<stream_id>/snapshot")
@tag(["streams"])
@describe(
    responses={
        "200": {
            "description": "A picture of now",
            "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
)
@raises(
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
@takes_query(SnapshotQuery)
async def take_snapshot(stream_id: str, query: SnapshotQuery) -> Response:
    """A picture of what the camera sees now. A muted or stopped stream gives none (409)."""
    picture = await services().house.snapshot(stream_id, width=query.width)
    return Response(picture, content_type="image/jpeg")
