"""Bodies and queries against their shapes, and what people are told about wrong ones."""

from __future__ import annotations

import pytest

from tests.api.served import Served
from wallflower.api.inputs import BadFields, BadJson, parse_body, parse_query
from wallflower.api.schema.speech import LineFilter, LinePatch
from wallflower.api.schema.streams import StreamIn
from wallflower.domain.times import WallTime

NOT_JSON = [b"", b"{", b"nonsense", b"\xff\xfe", b"[" * 100_000, b'{"a":1}{', b'"\\ud800"']


@pytest.mark.parametrize("body", NOT_JSON, ids=range(len(NOT_JSON)))
def test_what_is_no_json(body: bytes) -> None:
    with pytest.raises(BadJson, match="cannot be read"):
        parse_body(StreamIn, body)


@pytest.mark.parametrize("body", [b"null", b"3", b'"x"', b"[]", b"true"])
def test_json_that_is_no_object(body: bytes) -> None:
    with pytest.raises(BadFields) as caught:
        parse_body(StreamIn, body)
    assert str(caught.value).startswith("The request's body is wrong:")


def test_every_wrong_field_is_named_with_a_sentence() -> None:
    with pytest.raises(BadFields) as caught:
        parse_body(StreamIn, b'{"name": "", "urll": "rtsp://u:secret@h/x", "area": 3}')
    assert {(error.field, error.code) for error in caught.value.errors} == {
        ("name", "value_error"),
        ("url", "missing"),
        ("area", "string_type"),
        ("urll", "extra_forbidden"),
    }
    assert "The field 'name' must not be empty." in str(caught.value)
    assert "The field 'url' is missing." in str(caught.value)
    assert "known are: name, url, area." in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_name_of_a_field_is_not_repeated_at_any_length() -> None:
    with pytest.raises(BadFields) as caught:
        parse_body(LinePatch, b'{"%s": 1}' % (b"x" * 100_000))
    assert len(str(caught.value)) < 300


def test_a_query_is_text_made_into_values() -> None:
    query = parse_query(
        LineFilter,
        {"limit": ["7"], "speaker_id": ["3"], "from": ["2026-11-22"], "q": ["tea"]},
    ).query()
    assert (query.limit, query.speaker_id, query.text) == (7, 3, "tea")
    assert query.since == WallTime.from_iso("2026-11-22T00:00:00Z")


def test_python_names_of_fields_are_no_names_of_ours() -> None:
    with pytest.raises(BadFields):
        parse_query(LineFilter, {"since": ["2026-11-22"]})


async def test_over_http(served: Served) -> None:
    headers = {"Content-Type": "application/json"}
    for body, status, code in (
        (b"{", 400, "bad_json"),
        (b"[" * 100_000, 400, "bad_json"),
        (b"[]", 422, "bad_input"),
        (b"x" * (1024 * 1024 + 1), 413, "too_large"),
    ):
        answer = await served.client.post("/api/streams", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_charset_may_be_named(served: Served) -> None:
    answer = await served.client.put(
        "/api/listening",
        content=b'{"on": false}',
        headers={"Content-Type": "application/json; charset=utf-8"},
    )
    assert answer.status_code == 200
