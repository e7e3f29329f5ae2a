"""Good news: what a route answers with."""

from __future__ import annotations

from http import HTTPStatus

from quart import Response

from wallflower.api.schema.fields import Output


def answer(body: Output, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """`body` as JSON."""
    return Response(body.model_dump_json(), status.value, content_type="application/json")


def nothing() -> Response:
    """204: done, and there is nothing to say about it."""
    return Response(status=HTTPStatus.NO_CONTENT.value)
