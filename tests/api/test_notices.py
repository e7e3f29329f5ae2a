"""Whoever opens Wallflower to the network is told what that means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.api.served import Served
from wallflower.api.notices import notices_for
from wallflower.api.services import provide


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost", "LocalHost"])
def test_this_machine_alone(host: str) -> None:
    assert notices_for(host) == ()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "nas", "localhost.example"])
def test_the_network(host: str) -> None:
    (notice,) = notices_for(host)
    assert notice.code == "open_to_network"
    assert host in notice.text


async def test_the_page_hears_of_it_and_all_is_well(served: Served) -> None:
    notices = notices_for("0.0.0.0")
    provide(served.app, replace(served.services, notices=notices))
    answer = await served.client.get("/api/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["notices"] == [{"code": "open_to_network", "text": notices[0].text}]
