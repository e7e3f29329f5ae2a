"""Keywords as people write them into the settings."""

from __future__ import annotations

import pytest

from wallflower.alerts import keywords_of
from wallflower.alerts.keywords import lost_streams
from wallflower.domain.errors import BadSettings
from wallflower.domain.keywords import Keyword
from wallflower.domain.streams import StreamSpec
from wallflower.settings.schema import AlertSettings, KeywordSettings

HALL = StreamSpec("hall", "Hall", "rtsp://camera/1")


def chosen(*keywords: str | dict[str, object]) -> tuple[Keyword, ...]:
    return keywords_of(
        AlertSettings(keywords=tuple(KeywordSettings.model_validate(each) for each in keywords))
    )


def test_they_keep_their_order_and_how_they_are_written() -> None:
    emergency = {"phrase": " Fire   alarm ", "emergency": True, "streams": ["Hall"]}
    assert chosen("Help", emergency) == (
        Keyword("Help"),
        Keyword("Fire alarm", emergency=True, streams=("Hall",)),
    )
    assert chosen() == ()


@pytest.mark.parametrize("phrase", ["!?", "🔥", "   "])
def test_a_phrase_nobody_can_say_is_refused(phrase: str) -> None:
    with pytest.raises(BadSettings, match="write letters or digits"):
        chosen("help", phrase)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fire alarm", "fire-alarm"),
        ("Café", {"phrase": "cafe", "streams": ["Hall"]}),
        ({"phrase": "help", "streams": ["Hall", "Den"]}, {"phrase": "HELP", "streams": ["hall"]}),
    ],
)
def test_one_that_would_be_told_twice_is_refused(
    one: str | dict[str, object], other: str | dict[str, object]
) -> None:
    with pytest.raises(BadSettings, match="sound the same; keep one"):
        chosen(one, "other", other)


def test_one_may_mean_more_on_one_stream_than_on_another() -> None:
    hall: dict[str, object] = {"phrase": "help", "streams": ["Hall"], "emergency": True}
    assert len(chosen(hall, {"phrase": "help", "streams": ["Den"]})) == 2


def test_streams_that_do_not_exist_are_pointed_out() -> None:
    keywords = [
        Keyword("help"),
        Keyword("fire", streams=("HALL", "hall")),
        Keyword("door", streams=("hall", "Hal")),
    ]
    (sentence,) = lost_streams(keywords, [HALL])
    assert "'door'" in sentence
    assert "'Hal'" in sentence
    assert len(list(lost_streams(keywords, []))) == 4
