"""What happens now, as server-sent events: `/api/events` and one stream's own."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus
from itertools import chain
from typing import Final

from pydantic import Field
from quart import Blueprint, Response, request
from quart_schema import tag

from wallflower.api.feed import Feed
from wallflower.api.inputs import BadFields, takes_query
from wallflower.api.openapi import components_of, describe
from wallflower.api.problems import raises
from wallflower.api.schema.events import DATA
from wallflower.api.schema.fields import MAX_ID, Input
from wallflower.api.schema.problem import FieldProblem
from wallflower.api.services import Services, services
from wallflower.api.sse import RETRY, concerns, encode
from wallflower.domain.errors import StoreError

HEADER: Final = "Last-Event-ID"

HEADERS: Final = {
    "Cache-Control": "no-cache",
    "X-Accel-Buffering": "no",  # nginx, which Home Assistant's ingress may sit behind
}

_log = logging.getLogger(__name__)

events = Blueprint("events", __name__)


class EventsQuery(Input):
    """For clients that cannot set the header `Last-Event-ID`, which wins over this."""

    last_event_id: int | None = Field(default=None, ge=0)


_documented: Final = describe(
    parameters=[
        {
            "name": HEADER,
            "in": "header",
            "description": "Replay stored events after this one before going on live",
            "schema": {"type": "integer", "minimum": 0, "maximum": MAX_ID},
        }
    ],
    responses={
        "200": {
            "description": "Server-sent events without end; those with an id can be replayed. "
            "The data of each is one JSON object. By event: "
            + "; ".join(
                f"`{name}`: {' or '.join(shape.__name__ for shape in shapes)}"
                for name, shapes in DATA.items()
            ),
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
    components=components_of(*chain.from_iterable(DATA.values())),
)


@events.get("/api/events")
@tag(["events"])
@raises(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
@_documented
@takes_query(EventsQuery)
async def all_events(query: EventsQuery) -> Response:
    """Events of the whole house."""
    return await _respond(query, only=None)


@events.get("/api/streams/<stream_id>/events")
@tag(["events"])
@raises(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
@_documented
@takes_query(EventsQuery)
async def stream_events(stream_id: str, query: EventsQuery) -> Response:
    """Events of one stream, and those of the house as a whole."""
    services().house.stream(stream_id)
    return await _respond(query, only=stream_id)


async def _respond(query: EventsQuery, only: str | None) -> Response:
    after = _last_event_id(query)
    frames = _frames(services(), after, only)
    # The first frame is awaited here, so that a broken store is an error and not a dead stream.
    first = await anext(frames)
    response = Response(_body(first, frames), content_type="text/event-stream", headers=HEADERS)
    response.timeout = None
    if request.method == "HEAD":
        await frames.aclose()
        response.response = response.data_body_class(b"")
    return response


def _last_event_id(query: EventsQuery) -> int | None:
    text = request.headers.get(HEADER, "").strip()
    if not text:
        return query.last_event_id
    if not (text.isascii() and text.isdigit()):
        detail = f"The header {HEADER} must be the id of an event, a whole number."
        raise BadFields([FieldProblem(field=HEADER, detail=detail, code="int_parsing")])
    return int(text)


async def _frames(
    services: Services, after: int | None, only: str | None
) -> AsyncGenerator[bytes, None]:
    feed = Feed(
        services.bus, services.store.journal, clock=services.clock, closing=services.closing
    )
    async with aclosing(feed.follow(after)) as items:
        async for item in items:
            if only is not None and not concerns(item, only):
                continue
            if chunk := encode(item, services):
                yield chunk


async def _body(first: bytes, frames: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(frames):
        yield RETRY + first
        try:
            async for chunk in frames:
                yield chunk
        except StoreError as error:
            # The end of the stream makes the client come back, and be told by a status then.
            _log.warning("An event stream ends early: %s", error)
