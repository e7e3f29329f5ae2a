"""Reading what a request brings: its JSON body and its query, checked against a shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from typing import Any, ClassVar, Final, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from quart import request
from quart_schema import document_querystring, document_request
from werkzeug.exceptions import UnsupportedMediaType

from wallflower.api.schema.fields import Input
from wallflower.api.schema.problem import FieldProblem
from wallflower.domain.errors import BadInput

Shape = TypeVar("Shape", bound=Input)
Result = TypeVar("Result")
Handler = Callable[..., Awaitable[Result]]

FIELD_LENGTH: Final = 80
"""Names of unknown fields are the client's text: repeated up to this length only."""


class BadJson(BadInput):
    """The body is no JSON at all."""

    code: ClassVar[str] = "bad_json"


class BadMediaType(BadInput):
    """The body is of a kind that the route does not take."""

    code: ClassVar[str] = "bad_media_type"


class BadFields(BadInput):
    """Some fields are not as documented; `errors` has one entry for each."""

    def __init__(self, errors: Sequence[FieldProblem]) -> None:
        super().__init__(" ".join(error.detail for error in errors))
        self.errors = list(errors)


def takes_body(shape: type[Shape]) -> Callable[[Handler[Result]], Handler[Result]]:
    """Hand the JSON body to the handler as `data`, and document it.

    The handler is not reached, and the client gets a problem, when the body is not declared as
    JSON (415), is too large (413), is no JSON (400) or does not fit `shape` (422).
    """

    def decorate(handler: Handler[Result]) -> Handler[Result]:
        @wraps(handler)
        async def with_body(*args: Any, **kwargs: Any) -> Result:
            if request.mimetype != "application/json":
                raise UnsupportedMediaType
            body = await request.get_data(cache=True, as_text=False, parse_form_data=False)
            return await handler(*args, data=parse_body(shape, body), **kwargs)

        return document_request(shape)(with_body)

    return decorate


def takes_query(shape: type[Shape]) -> Callable[[Handler[Result]], Handler[Result]]:
    """Hand the query to the handler as `query`, and document it. Raises as `parse_query`."""

    def decorate(handler: Handler[Result]) -> Handler[Result]:
        @wraps(handler)
        async def with_query(*args: Any, **kwargs: Any) -> Result:
            query = parse_query(shape, request.args.to_dict(flat=False))
            return await handler(*args, query=query, **kwargs)

        return document_querystring(shape)(with_query)

    return decorate


def parse_body(shape: type[Shape], body: bytes) -> Shape:
    """`body` as `shape`. Raises `BadJson` or `BadFields`."""
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        raise _as_bad_input(shape, error) from None


def parse_query(shape: type[Shape], query: dict[str, list[str]]) -> Shape:
    """`query` (all values of each key) as `shape`. Raises `BadFields`."""
    repeated = [key for key, values in query.items() if len(values) > 1]
    if repeated:
        raise BadFields([_problem(key, "may be given only once", "repeated") for key in repeated])
    try:
        return shape.model_validate_strings({key: values[0] for key, values in query.items()})
    except ValidationError as error:
        raise _as_bad_input(shape, error) from None


def _as_bad_input(shape: type[Input], error: ValidationError) -> BadInput:
    # Inputs are left out: they may be URLs with passwords.
    details = error.errors(include_url=False, include_context=False, include_input=False)
    if details[0]["type"] == "json_invalid":
        return BadJson(f"The request's body cannot be read. {details[0]['msg']}.")
    return BadFields([_explain(shape, detail) for detail in details])


def _explain(shape: type[Input], detail: ErrorDetails) -> FieldProblem:
    name = ".".join(str(part) for part in detail["loc"])
    kind = detail["type"]
    if kind == "missing":
        return _problem(name, "is missing", kind)
    if kind == "extra_forbidden":
        known = ", ".join(field.alias or key for key, field in shape.model_fields.items())
        return _problem(name, f"is not known here; known are: {known}", kind)
    message = detail["msg"].removeprefix("Value error, ")
    if kind == "value_error":
        return _problem(name, message, kind)
    return _problem(name, f"is wrong: {message[:1].lower()}{message[1:]}", kind)


def _problem(field: str, message: str, code: str) -> FieldProblem:
    field = field[:FIELD_LENGTH]
    subject = f"The field {field!r}" if field else "The request's body"
    return FieldProblem(field=field, detail=f"{subject} {message}.", code=code)
