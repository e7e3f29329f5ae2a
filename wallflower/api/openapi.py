"""The API's description of itself: OpenAPI 3.1 at `/api/openapi.json`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, TypeVar

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from quart import Blueprint, Quart, Response, current_app, request
from quart_schema import Info, OpenAPIProvider, QuartSchema, Tag, tag
from werkzeug.routing.rules import Rule

from wallflower.api import problems
from wallflower.api.schema.fields import MAX_ID
from wallflower.api.schema.problem import Problem

DESCRIPTION: Final = (
    "What was said in the house, by whom, live and from the store. Times are ISO 8601 in UTC. "
    "Every error is RFC 9457 problem+json with a stable `code`."
)

_EXTRA: Final = "_wallflower_openapi"
_PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}

Handler = TypeVar("Handler", bound=Callable[..., object])

openapi = Blueprint("openapi", __name__)


def describe(**operation: Any) -> Callable[[Handler], Handler]:
    """Put parts of an OpenAPI operation on a route that no model can tell (`responses=…`)."""

    def decorate(handler: Handler) -> Handler:
        setattr(handler, _EXTRA, operation)
        return handler

    return decorate


NOTHING: Final = describe(responses={"204": {"description": "Done"}})
"""For routes that answer with an empty body."""


class Provider(OpenAPIProvider):
    """Adds what quart-schema does not know: problems, empty answers, streams of events."""

    def schema(self) -> dict[str, Any]:
        document = super().schema()
        document["components"]["schemas"].update(components_of(Problem))
        return document

    def operation_id(self, _method: str, _path: str, func: Any) -> str:
        return str(func.__name__)

    def build_paths(self, rule: Rule) -> tuple[dict[str, Any], dict[str, Any]]:
        paths, components = super().build_paths(rule)
        extra: dict[str, Any] = getattr(self._app.view_functions[rule.endpoint], _EXTRA, {})
        components.update(extra.get("components", {}))
        for path in paths.values():
            for operation in path.values():
                if "requestBody" in extra:
                    operation["requestBody"] = extra["requestBody"]
                operation["parameters"] = operation["parameters"] + extra.get("parameters", [])
                operation["responses"] = {
                    **{str(status): one for status, one in operation["responses"].items()},
                    **extra.get("responses", {}),
                    "default": _problem_response("Any other error"),
                }
        return paths, components

    def build_path_parameter(self, name: str, converter: Any) -> dict[str, Any]:
        parameter = super().build_path_parameter(name, converter)
        if parameter["schema"] == {"type": "integer"}:
            parameter["schema"] = {"type": "integer", "minimum": 0, "maximum": MAX_ID}
        return parameter

    def build_response_object(
        self, model: Any, headers_model: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        if model is Problem:
            return _problem_response(str(Problem.__doc__)), {}
        response, components = super().build_response_object(model, headers_model)
        return response, components | _name(model, response)

    def build_request_body(self, model: Any, source: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        body, components = super().build_request_body(model, source)
        return body | {"required": True}, components | _name(model, body)


def components_of(*models: type[BaseModel]) -> dict[str, Any]:
    """The schemas of `models`, and of what they are made of, by name."""
    _, schema = models_json_schema(
        [(model, "serialization") for model in models],
        ref_template="#/components/schemas/{model}",
    )
    return dict(schema["$defs"])


def _name(model: type, part: dict[str, Any]) -> dict[str, Any]:
    """Move the schema inside `part` to the components, for clients that generate types."""
    (content,) = part["content"].values()
    schema = content["schema"]
    content["schema"] = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {model.__name__: schema}


def _problem_response(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {problems.MEDIA_TYPE: {"schema": _PROBLEM}},
    }


def install(app: Quart, version: str) -> None:
    """Describe all routes of `app` that are registered by the time somebody asks."""
    QuartSchema(
        app,
        openapi_path=None,
        info=Info(title="Wallflower", version=version, description=DESCRIPTION),
        tags=[
            Tag("streams", "Cameras and microphones"),
            Tag("transcripts", "What was said"),
            Tag("speakers", "Who said it"),
            Tag("events", "What happens now, as server-sent events"),
            Tag("house", "The appliance itself"),
        ],
        conversion_preference="pydantic",
        openapi_provider_class=Provider,
    )
    app.register_blueprint(openapi)


@openapi.get("/api/openapi.json")
@tag(["house"])
@describe(
    responses={
        "200": {
            "description": "An OpenAPI 3.1 document",
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    }
)
async def document() -> Response:
    """This description."""
    extension: QuartSchema = current_app.extensions["QUART_SCHEMA"]
    # Relative to where the client found this: in Home Assistant's panel not the root.
    servers = [{"url": request.root_path or "/"}]
    text = json.dumps(extension.openapi_provider.schema() | {"servers": servers})
    return Response(text, content_type="application/json")
