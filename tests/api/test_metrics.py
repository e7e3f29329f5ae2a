"""What Prometheus reads, as Prometheus' own parser reads it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from prometheus_client.parser import text_string_to_metric_families

from tests.api.served import ENGINE, Served
from tests.support.clock import settle
from tests.support.engine import quality
from wallflower.api.tally import OTHER, Tally
from wallflower.domain.engine import ServerState
from wallflower.domain.streams import StreamHealth, StreamState

Samples = dict[tuple[str, frozenset[str]], float]


async def scrape(served: Served) -> Samples:
    """Each sample by its name (without the prefix) and the values of its labels."""
    answer = await served.client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (
            sample.name.removeprefix("thewallflower_"),
            frozenset(sample.labels.values()),
        ): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def of(*labels: str) -> frozenset[str]:
    return frozenset(labels)


async def test_streams_and_lines(served: Served) -> None:
    for name, state in (("Hall", StreamState.STREAMING), ("Attic", StreamState.FAILED)):
        spec = await served.house.add(name=name, url="rtsp://10.0.0.7/live")
        served.house.report(StreamHealth(spec.id, state, restarts=3, dropped_s=1.5))
    counting = asyncio.create_task(served.services.tally.follow(served.bus))
    await settle()
    await served.say("Hello there", stream_id="hall")
    await served.say("Hm", stream_id="hall")
    await settle()
    samples = await scrape(served)
    counting.cancel()
    assert samples["streams_total", of("streaming")] == 1
    assert samples["streams_total", of("failed")] == 1
    assert samples["streams_total", of("muted")] == 0
    assert samples["transcripts_total", of("hall")] == 2
    assert samples["transcripts_total", of("attic")] == 0
    assert samples["ffmpeg_restarts_total", of("hall")] == 3
    assert samples["dropped_seconds_total", of("attic")] == 1.5
    assert samples["engine_ready", of()] == 1
    assert samples["backlog_seconds", of()] == 0.5
    assert not [name for name, _ in samples if name.startswith("whisper_")]


async def test_whisperlive_servers(served: Served) -> None:
    await served.house.add(name="Hall", url="rtsp://10.0.0.7/live")
    new = replace(quality(ServerState.UNKNOWN, "new:1"), slots=None, round_trip_ms=None, lag_s=None)
    served.engine = replace(ENGINE, servers=(quality(), new), taken_over=7)
    samples = await scrape(served)
    assert samples["whisper_connection_status", of("hall")] == 1
    assert samples["whisper_server_state", of("box:9090", "ready")] == 1
    assert samples["whisper_server_state", of("box:9090", "away")] == 0
    assert samples["whisper_lag_seconds", of("box:9090")] == 0.5
    assert samples["whisper_round_trip_seconds", of("box:9090")] == 0.0015
    assert samples["whisper_sent_seconds_total", of("box:9090")] == 10
    assert samples["whisper_dropped_seconds_total", of("new:1")] == 1
    assert samples["whisper_reconnects_total", of("box:9090")] == 3
    assert samples["whisper_taken_over_total", of()] == 7
    assert ("whisper_lag_seconds", of("new:1")) not in samples
    served.engine = replace(served.engine, servers=(quality(ServerState.FROZEN),))
    assert (await scrape(served))["whisper_connection_status", of("hall")] == 0


async def test_requests_by_route(served: Served) -> None:
    for path in ("/api/streams/one", "/api/streams/two", "/no/such/page.txt"):
        await served.client.get(path)
    samples = await scrape(served)
    assert samples["api_requests_total", of("/api/streams/<stream_id>", "GET", "404")] == 2
    assert not [labels for _, labels in samples if "/no/such/page.txt" in labels]


def test_made_up_names_make_no_series_of_their_own() -> None:
    tally = Tally()
    for method in ("BREW", "BOIL"):
        tally.answered(None, method, 404)
    assert tally.requests == {(OTHER, OTHER, 404): 2}
