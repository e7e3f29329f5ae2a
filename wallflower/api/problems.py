"""Every error leaves as RFC 9457 problem+json: a sentence, a stable code, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Final, TypeVar

from quart import Quart, Response
from quart_schema import document_response
from werkzeug.exceptions import HTTPException

from wallflower.api.inputs import BadFields, BadJson, BadMediaType
from wallflower.api.schema.problem import FieldProblem, Problem
from wallflower.domain.errors import AdminRequired, BadInput, Conflict, NotFound, WallflowerError
from wallflower.domain.urls import redact

MEDIA_TYPE: Final = "application/problem+json"

_STATUS: Final[tuple[tuple[type[WallflowerError], HTTPStatus], ...]] = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (AdminRequired, HTTPStatus.FORBIDDEN),
    (BadJson, HTTPStatus.BAD_REQUEST),
    (BadMediaType, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (BadInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (WallflowerError, HTTPStatus.SERVICE_UNAVAILABLE),
)

_SENTENCES: Final = {
    HTTPStatus.BAD_REQUEST: ("bad_request", "The request cannot be understood."),
    HTTPStatus.NOT_FOUND: (
        "not_found",
        "There is nothing at this address; /api/openapi.json lists what there is.",
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "method_not_allowed",
        "This address does not take this method; the Allow header names those it takes.",
    ),
    HTTPStatus.REQUEST_TIMEOUT: ("timeout", "The request's body came too slowly; try again."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "too_large",
        (
            "The request's body is larger than 1 MiB (16 MiB for recordings, 64 MiB for "
            "profiles); send less at once."
        ),
    ),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (
        "not_json",
        "The request needs a JSON body and the header Content-Type: application/json.",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "internal",
        "Something unexpected went wrong in Wallflower; its log has the details.",
    ),
}

Handler = TypeVar("Handler", bound=Callable[..., object])


def raises(*statuses: HTTPStatus) -> Callable[[Handler], Handler]:
    """Document that a route may answer with a problem of these statuses."""

    def decorate(handler: Handler) -> Handler:
        for status in statuses:
            handler = document_response(Problem, status.value)(handler)
        return handler

    return decorate


def problem(
    status: HTTPStatus, code: str, detail: str, errors: list[FieldProblem] | None = None
) -> Response:
    """The response for an error; credentials in `detail` are hidden once more."""
    text = problem_text(status, code, detail, errors)
    return Response(text, status=status.value, content_type=MEDIA_TYPE)


def problem_text(
    status: HTTPStatus, code: str, detail: str, errors: list[FieldProblem] | None = None
) -> str:
    """The body of `problem`, for places that Quart does not reach."""
    body = Problem(
        title=status.phrase, status=status.value, detail=redact(detail), code=code, errors=errors
    )
    return body.model_dump_json(exclude_none=True)


def install(app: Quart) -> None:
    """Answer all errors of `app` with problems."""
    app.register_error_handler(WallflowerError, _of_ours)
    app.register_error_handler(HTTPException, _of_http)


async def _of_ours(error: WallflowerError) -> Response:
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    errors = error.errors if isinstance(error, BadFields) else None
    return problem(status, error.code, str(error), errors)


async def _of_http(error: HTTPException) -> Response:
    # What Quart itself raises, and (500) whatever nobody caught: Quart has logged that.
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    code, detail = _SENTENCES.get(
        status, (status.name.lower(), f"The request failed: {status.description or status.phrase}.")
    )
    response = problem(status, code, detail)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response
