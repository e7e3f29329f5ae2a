"""`/metrics`: what Prometheus and its like ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from quart import Blueprint, Quart, Response, request
from quart_schema import hide

from wallflower.api.services import Services, services
from wallflower.domain.engine import EngineInfo, ServerQuality, ServerState
from wallflower.domain.streams import StreamHealth, StreamState

Values = Mapping[Any, float]
"""Values by their labels, a tuple of texts."""

PREFIX: Final = "thewallflower_"

metrics = Blueprint("metrics", __name__)


@metrics.get("/metrics")
@hide
async def get_metrics() -> Response:
    """All figures in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(services()))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def install(app: Quart, services: Services) -> None:
    """Serve `/metrics` and count every request of `app`."""
    app.register_blueprint(metrics)

    @app.after_request
    async def count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else None
        services.tally.answered(route, request.method, response.status_code)
        return response


class _Figures(Collector):
    """The library asks for an object; what there is to tell is in functions."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        house = self._services.house
        health = [house.health(spec.id) for spec in house.streams()]
        engine = self._services.engine()
        yield from of_streams(health, self._services.tally.lines, engine)
        yield from of_engine(engine)
        yield from of_servers(engine.servers)
        yield _requests(self._services.tally.requests)


def of_streams(
    streams: list[StreamHealth], lines: Counter[str], engine: EngineInfo
) -> Iterator[Metric]:
    """How the streams do, and what came of them."""
    states = Counter(stream.state for stream in streams)
    yield _gauge(
        "streams_total",
        "Streams by state.",
        {(state,): states[state] for state in StreamState},
        "status",
    )
    ids = [stream.stream_id for stream in streams]
    yield _counter(
        "transcripts", "Lines written.", {(one,): lines[one] for one in ids}, "stream_id"
    )
    yield _counter(
        "ffmpeg_restarts",
        "FFmpeg started again.",
        {(stream.stream_id,): stream.restarts for stream in streams},
        "stream_id",
    )
    yield _counter(
        "dropped_seconds",
        "Speech lost because recognition was behind.",
        {(stream.stream_id,): stream.dropped_s for stream in streams},
        "stream_id",
    )
    if engine.servers:
        writes = any(server.state is ServerState.READY for server in engine.servers)
        yield _gauge(
            "whisper_connection_status",
            "1 while a WhisperLive server can write what the stream says.",
            {(one,): int(writes) for one in ids},
            "stream_id",
        )


def of_engine(engine: EngineInfo) -> Iterator[Metric]:
    """How recognition does as a whole."""
    yield _gauge("engine_ready", "1 while speech can be recognised.", {(): int(engine.ready)})
    yield _gauge("backlog_seconds", "Speech that waits for its text.", {(): engine.backlog_s})
    if engine.servers:
        yield _counter(
            "whisper_taken_over",
            "Utterances that the embedded engine wrote in place of WhisperLive.",
            {(): engine.taken_over},
        )


@dataclass(frozen=True, slots=True)
class _Figure:
    name: str
    meaning: str
    value: Callable[[ServerQuality], float | None]
    """None: not known yet."""
    counts: bool = False


FIGURES: Final = (
    _Figure("whisper_connections", "Open connections.", lambda s: s.connections),
    _Figure("whisper_slots", "Connections it takes at most.", lambda s: s.slots),
    _Figure(
        "whisper_round_trip_seconds",
        "Of the last ping.",
        lambda s: None if s.round_trip_ms is None else s.round_trip_ms / 1000,
    ),
    _Figure("whisper_lag_seconds", "From the end of speech to its text.", lambda s: s.lag_s),
    _Figure("whisper_outstanding_seconds", "Speech it has not written.", lambda s: s.outstanding_s),
    _Figure("whisper_sent_seconds", "Speech handed over.", lambda s: s.sent_s, counts=True),
    _Figure(
        "whisper_dropped_seconds", "Speech it never wrote.", lambda s: s.dropped_s, counts=True
    ),
    _Figure(
        "whisper_reconnects", "Reached again after a loss.", lambda s: s.reconnects, counts=True
    ),
)
"""What is told of each WhisperLive server."""


def of_servers(servers: tuple[ServerQuality, ...]) -> Iterator[Metric]:
    """How each WhisperLive server does; nothing where there is none."""
    if not servers:
        return
    yield _gauge(
        "whisper_server_state",
        "1 for the state that the server is in.",
        {
            (server.name, state): int(server.state is state)
            for server in servers
            for state in ServerState
        },
        "server",
        "state",
    )
    for figure in FIGURES:
        values = {(server.name,): figure.value(server) for server in servers}
        known = {labels: value for labels, value in values.items() if value is not None}
        family = _counter if figure.counts else _gauge
        yield family(figure.name, figure.meaning, known, "server")


def _requests(requests: Counter[tuple[str, str, int]]) -> Metric:
    counts = {(route, method, str(status)): n for (route, method, status), n in requests.items()}
    return _counter("api_requests", "Requests answered.", counts, "endpoint", "method", "status")


def _gauge(name: str, meaning: str, values: Values, *labels: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(PREFIX + name, meaning, labels=labels)
    for of, value in values.items():
        family.add_metric(of, value)
    return family


def _counter(name: str, meaning: str, values: Values, *labels: str) -> CounterMetricFamily:
    """The format adds `_total` to `name`."""
    family = CounterMetricFamily(PREFIX + name, meaning, labels=labels)
    for of, value in values.items():
        family.add_metric(of, value)
    return family
