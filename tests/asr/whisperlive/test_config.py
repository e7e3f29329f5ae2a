from __future__ import annotations

from typing import Any

import pytest

from wallflower.asr.whisperlive import WhisperLiveConfig
from wallflower.asr.whisperlive.config import server_name
from wallflower.domain.errors import BadSettings


@pytest.mark.parametrize(
    "url", ["", "server", "http://server:9090", "ws://", "ws://server:port", "ws://server:0"]
)
def test_what_is_no_server_is_said_so(url: str) -> None:
    with pytest.raises(BadSettings, match="looks like ws://"):
        WhisperLiveConfig(urls=(url,))


def test_no_server_at_all_is_an_error() -> None:
    with pytest.raises(BadSettings, match="at least one"):
        WhisperLiveConfig(urls=())


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_clients": 0},
        {"no_speech_thresh": 1.5},
        {"patience_s": 0},
        {"connection_s": -1},
        {"send_last_n_segments": 0},
        {"same_output_threshold": 0},
    ],
)
def test_numbers_out_of_range_are_errors(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadSettings, match=next(iter(wrong))):
        WhisperLiveConfig(urls=("ws://server:9090",), **wrong)


def test_neither_error_nor_repr_nor_name_holds_a_secret() -> None:
    with pytest.raises(BadSettings) as error:
        WhisperLiveConfig(urls=("http://me:s3cret@server?token=s3cret",))
    assert "s3cret" not in str(error.value)
    url = "wss://me:s3cret@server/live?token=s3cret"
    assert server_name(url) == "server:443"
    assert "s3cret" not in repr(WhisperLiveConfig(urls=("ws://server",), token="s3cret"))
