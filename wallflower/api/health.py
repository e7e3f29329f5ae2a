"""Whether the appliance works; for people, monitors and containers' health checks."""

from __future__ import annotations

from http import HTTPStatus

from quart import Blueprint, Response
from quart_schema import document_response, tag

from wallflower.api.answers import answer
from wallflower.api.schema.house import HealthOut
from wallflower.api.services import services
from wallflower.runtime.health import HealthState

health = Blueprint("health", __name__)


@health.get("/api/health")
@tag(["house"])
@document_response(HealthOut, 503)
@document_response(HealthOut)
async def get_health() -> Response:
    """The health of the house; 503 when a part has failed and needs a person."""
    now = HealthOut.now(services())
    failed = now.status is HealthState.FAILED
    return answer(now, HTTPStatus.SERVICE_UNAVAILABLE if failed else HTTPStatus.OK)
