"""The house as a whole: health and the listening switch."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from wallflower.api.schema.fields import Input, Output, UtcText
from wallflower.api.services import Services
from wallflower.domain.engine import EngineInfo
from wallflower.domain.urls import redact
from wallflower.runtime.health import HealthState, PartHealth


class PartOut(Output):
    """One part of the appliance."""

    part: str = Field(examples=["engine", "broker", "stream:hall"])
    state: HealthState
    detail: str | None = Field(description="What is wrong and what to do, one sentence")
    code: str | None = Field(description="Stable name of what is wrong")

    @classmethod
    def of(cls, health: PartHealth) -> Self:
        return cls(
            part=health.part,
            state=health.state,
            detail=None if health.detail is None else redact(health.detail),
            code=health.code,
        )


class StreamCounts(Output):
    total: int
    online: int = Field(description="How many can be heard, muted ones included")


class EngineOut(Output):
    """The speech recogniser."""

    name: str
    ready: bool
    backlog_s: float = Field(description="Seconds of speech that wait to be recognised")

    @classmethod
    def of(cls, engine: EngineInfo) -> Self:
        return cls(name=engine.name, ready=engine.ready, backlog_s=engine.backlog_s)


class HealthOut(Output):
    """How the appliance is doing."""

    status: HealthState
    version: str
    started_at: UtcText
    parts: list[PartOut]
    streams: StreamCounts
    engine: EngineOut

    @classmethod
    def now(cls, services: Services) -> Self:
        house = services.house
        health = [house.health(spec.id) for spec in house.streams()]
        parts = services.health.parts()
        return cls(
            status=services.health.overall(),
            version=services.version,
            started_at=services.started_at.iso(),
            parts=[PartOut.of(parts[name]) for name in sorted(parts)],
            streams=StreamCounts(total=len(health), online=sum(one.online for one in health)),
            engine=EngineOut.of(services.engine()),
        )


class ListeningOut(Output):
    """Whether the house listens."""

    on: bool


class ListeningIn(Input):
    """Whether the house shall listen."""

    on: bool
