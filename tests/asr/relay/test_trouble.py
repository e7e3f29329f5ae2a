"""The sentence about servers that do not work."""

from __future__ import annotations

import pytest

from tests.support.engine import quality
from wallflower.asr.relay import starting, trouble
from wallflower.domain.engine import ServerState


@pytest.mark.parametrize("state", [ServerState.UNKNOWN, ServerState.READY, ServerState.FULL])
def test_a_server_that_is_new_or_busy_is_no_trouble(state: ServerState) -> None:
    assert trouble([quality(state)], stand_in=True) is None


def test_it_says_what_is_wrong_and_who_writes() -> None:
    away = quality(ServerState.AWAY)
    assert trouble([away], stand_in=True) == (
        "WhisperLive at box:9090 cannot be reached; the embedded engine writes meanwhile."
    )
    assert trouble([away], stand_in=False) == (
        "WhisperLive at box:9090 cannot be reached; what is said waits for it."
    )
    assert trouble([quality(name="fine:1"), away], stand_in=True) == (
        "WhisperLive at box:9090 cannot be reached; the other servers write meanwhile."
    )


def test_the_servers_own_sentence_goes_before_ours() -> None:
    refused = quality(ServerState.REFUSED, detail="It wants a token; set asr.whisperlive.token.")
    assert trouble([refused, quality(ServerState.FROZEN)], stand_in=True) == (
        "It wants a token; set asr.whisperlive.token (and 1 more like it); "
        "the embedded engine writes meanwhile."
    )


def test_a_start_is_told_calmly() -> None:
    calm = "The local WhisperLive server is starting; {}."
    away = quality(ServerState.AWAY)
    assert starting([], stand_in=True) == calm.format("the embedded engine writes meanwhile")
    assert starting([away], stand_in=False) == calm.format("what is said waits for it")
    assert starting([quality()], stand_in=True) == calm.format("the other servers write meanwhile")
