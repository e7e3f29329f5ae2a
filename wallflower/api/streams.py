"""Streams: what is listened to, and the switches for it."""

from __future__ import annotations

from http import HTTPStatus

from quart import Blueprint, Response
from quart_schema import document_response, tag

from wallflower.api.answers import answer, nothing
from wallflower.api.inputs import takes_body
from wallflower.api.openapi import NOTHING
from wallflower.api.problems import raises
from wallflower.api.rights import must_be_admin
from wallflower.api.schema.house import ListeningIn, ListeningOut
from wallflower.api.schema.streams import (
    StreamIn,
    StreamOut,
    StreamPage,
    StreamPatch,
)
from wallflower.api.services import services
from wallflower.api.writes import unbroken

streams = Blueprint("streams", __name__)


@streams.get("/api/streams")
@tag(["streams"])
@document_response(StreamPage)
async def list_streams() -> Response:
    """All streams with their status."""
    house = services().house
    return answer(StreamPage(items=[StreamOut.now(house, spec.id) for spec in house.streams()]))


@streams.post("/api/streams")
@tag(["streams"])
@document_response(StreamOut, 201)
@raises(HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
@takes_body(StreamIn)
@unbroken
async def add_stream(data: StreamIn) -> Response:
    """Add a stream and start it."""
    house = services().house
    spec = await house.add(name=data.name, url=data.url, area=data.area)
    return answer(StreamOut.now(house, spec.id), HTTPStatus.CREATED)


@streams.get("/api/streams/<stream_id>")
@tag(["streams"])
@document_response(StreamOut)
@raises(HTTPStatus.NOT_FOUND)
async def get_stream(stream_id: str) -> Response:
    """One stream with its status."""
    return answer(StreamOut.now(services().house, stream_id))


@streams.patch("/api/streams/<stream_id>")
@tag(["streams"])
@document_response(StreamOut)
@raises(
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
@takes_body(StreamPatch)
@unbroken
async def change_stream(stream_id: str, data: StreamPatch) -> Response:
    """Change name, URL or area of a stream, or its switches."""
    if not data.only_listening:
        await must_be_admin()
    house = services().house
    house.stream(stream_id)
    if data.name is not None or data.url is not None or data.area is not None:
        await house.change(stream_id, name=data.name, url=data.url, area=data.area)
    if data.listening is not None:
        await house.set_listening(stream_id, data.listening)
    if data.enabled is not None:
        await (house.start(stream_id) if data.enabled else house.stop(stream_id))
    return answer(StreamOut.now(house, stream_id))


@streams.delete("/api/streams/<stream_id>")
@tag(["streams"])
@NOTHING
@raises(HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)
@unbroken
async def remove_stream(stream_id: str) -> Response:
    """Stop and forget a stream; what was said stays."""
    await services().house.remove(stream_id)
    return nothing()


@streams.post("/api/streams/<stream_id>/start")
@tag(["streams"])
@document_response(StreamOut, 202)
@raises(HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)
@unbroken
async def start_stream(stream_id: str) -> Response:
    """Enable a stream, or try a failed one again at once."""
    house = services().house
    await house.start(stream_id)
    return answer(StreamOut.now(house, stream_id), HTTPStatus.ACCEPTED)


@streams.post("/api/streams/<stream_id>/stop")
@tag(["streams"])
@document_response(StreamOut, 202)
@raises(HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)
@unbroken
async def stop_stream(stream_id: str) -> Response:
    """Disable a stream: it stays configured and is not read."""
    house = services().house
    await house.stop(stream_id)
    return answer(StreamOut.now(house, stream_id), HTTPStatus.ACCEPTED)


@streams.post("/api/streams/<stream_id>/restart")
@tag(["streams"])
@document_response(StreamOut, 202)
@raises(HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)
@unbroken
async def restart_stream(stream_id: str) -> Response:
    """Connect to a stream anew."""
    house = services().house
    await house.restart(stream_id)
    return answer(StreamOut.now(house, stream_id), HTTPStatus.ACCEPTED)


@streams.get("/api/listening")
@tag(["house"])
@document_response(ListeningOut)
async def get_listening() -> Response:
    """The switch for the whole house."""
    return answer(ListeningOut(on=services().house.listening))


@streams.put("/api/listening")
@tag(["house"])
@document_response(ListeningOut)
@raises(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
@takes_body(ListeningIn)
@unbroken
async def set_listening(data: ListeningIn) -> Response:
    """Mute or unmute the whole house."""
    house = services().house
    await house.set_listening(None, data.on)
    return answer(ListeningOut(on=house.listening))
