"""The house as a whole: health and the listening switch."""

from __future__ import annotations

from dataclasses import asdict
from typing import Self

from pydantic import Field

from wallflower.api.notices import Notice
from wallflower.api.schema.fields import Input, Output, UtcText
from wallflower.api.services import Services
from wallflower.domain.engine import EngineInfo, ServerQuality, ServerState
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


class ServerOut(Output):
    """One WhisperLive server; counts are since Wallflower started."""

    name: str = Field(examples=["192.168.1.20:9090"])
    state: ServerState
    detail: str | None = Field(description="What is wrong and what to do, one sentence")
    connections: int = Field(description="Open at this moment")
    slots: int | None = Field(description="Connections it takes at most; null: not known yet")
    round_trip_ms: float | None = Field(description="Of the last ping")
    lag_s: float | None = Field(description="From the end of speech to its text, lately")
    outstanding_s: float = Field(description="Seconds of speech it has not written yet")
    sent_s: float = Field(description="Seconds of speech handed over")
    dropped_s: float = Field(description="Seconds of speech that it never wrote")
    reconnects: int = Field(description="How often it was reached again after a loss")

    @classmethod
    def of(cls, server: ServerQuality) -> Self:
        told = asdict(server)
        return cls(**told | {"detail": None if server.detail is None else redact(server.detail)})


class EngineOut(Output):
    """The speech recogniser."""

    name: str
    ready: bool
    backlog_s: float = Field(description="Seconds of speech that wait to be recognised")
    servers: list[ServerOut] = Field(description="WhisperLive servers, where some are set")
    taken_over: int = Field(
        description="Utterances that the embedded engine wrote in place of WhisperLive"
    )

    @classmethod
    def of(cls, engine: EngineInfo) -> Self:
        return cls(
            name=engine.name,
            ready=engine.ready,
            backlog_s=engine.backlog_s,
            servers=[ServerOut.of(server) for server in engine.servers],
            taken_over=engine.taken_over,
        )


class NoticeOut(Output):
    """Something to know about the setup, although every part works."""

    code: str = Field(description="Stable name of it", examples=["open_to_network"])
    text: str = Field(description="What it is and what to do, one sentence")

    @classmethod
    def of(cls, notice: Notice) -> Self:
        return cls(code=notice.code, text=notice.text)


class HealthOut(Output):
    """How the appliance is doing."""

    status: HealthState
    version: str
    started_at: UtcText
    parts: list[PartOut]
    streams: StreamCounts
    engine: EngineOut
    notices: list[NoticeOut] = Field(
        description="Warnings about the setup, for people; `status` does not count them"
    )

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
            notices=[NoticeOut.of(notice) for notice in services.notices],
        )


class ListeningOut(Output):
    """Whether the house listens."""

    on: bool


class ListeningIn(Input):
    """Whether the house shall listen."""

    on: bool
