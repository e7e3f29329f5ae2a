from __future__ import annotations

from typing import Literal

import pytest

from wallflower.publish.mdns import silent_because

EVERYWHERE = "0.0.0.0"


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "10.0.0.7", "box.lan", "nolocalhost"])
def test_a_page_that_others_can_reach_is_announced(host: str) -> None:
    assert silent_because("auto", host, inside_home_assistant=False) is None
    assert silent_because("on", host, inside_home_assistant=True) is None


@pytest.mark.parametrize(
    ("mdns", "host", "inside", "reason"),
    [
        ("off", EVERYWHERE, False, "server.mdns"),
        ("auto", EVERYWHERE, True, "Home Assistant does not pass"),
        ("auto", "127.0.0.1", False, "server.host"),
        ("on", "::1", False, "server.host"),
        ("on", "localhost", True, "server.host"),
    ],
)
def test_why_not(mdns: Literal["auto", "on", "off"], host: str, inside: bool, reason: str) -> None:
    said = silent_because(mdns, host, inside_home_assistant=inside)
    assert said is not None
    assert reason in said
