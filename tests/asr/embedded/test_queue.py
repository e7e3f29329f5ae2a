from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallflower.asr.embedded.queue import FairQueue

LOTS_S = 1000.0


def queue(per_stream: int = 100) -> FairQueue[str]:
    return FairQueue(per_stream)


def test_a_chatterbox_does_not_starve_another() -> None:
    waiting = queue()
    for number in range(50):
        waiting.put_final("tv", f"tv{number}", 12.0)
    assert waiting.take(1, LOTS_S) == ["tv0"]
    waiting.put_final("hall", "hall0", 2.0)
    assert "hall0" in waiting.take(2, LOTS_S)


def test_seconds_count_not_utterances() -> None:
    waiting = queue()
    for number in range(12):
        waiting.put_final("long", f"l{number}", 10.0)
        waiting.put_final("short", f"s{number}", 2.0)
    first = [waiting.take(1, LOTS_S)[0][0] for _ in range(12)]
    assert first.count("s") == 10


def test_silence_earns_no_credit() -> None:
    waiting = queue()
    waiting.put_final("quiet", "q0", 1.0)
    waiting.take(1, LOTS_S)
    for number in range(20):
        waiting.put_final("busy", f"b{number}", 10.0)
    for _ in range(10):
        waiting.take(1, LOTS_S)
    for number in range(1, 10):
        waiting.put_final("quiet", f"q{number}", 10.0)
    names = [waiting.take(1, LOTS_S)[0][0] for _ in range(6)]
    assert 2 <= names.count("b") <= 4


def test_finals_go_before_partials_and_are_never_mixed_with_them() -> None:
    waiting = queue()
    waiting.put_partial("a", "guess", 1.0)
    waiting.put_final("b", "said", 9.0)
    assert waiting.take(8, LOTS_S) == ["said"]
    assert waiting.take(8, LOTS_S) == ["guess"]
    assert waiting.take(8, LOTS_S) == []


def test_only_the_newest_partial_of_a_stream_is_kept() -> None:
    waiting = queue()
    assert waiting.put_partial("a", "old", 1.0) is None
    assert waiting.put_partial("a", "new", 2.0) == "old"
    assert waiting.partials == 1
    assert waiting.take_partial("a") == "new"
    assert waiting.take_partial("a") is None
    assert waiting.take_partial("b") is None


def test_a_full_stream_loses_its_oldest_and_counts_it() -> None:
    waiting = queue(per_stream=2)
    waiting.put_final("other", "o", 1.0)
    assert [waiting.put_final("a", name, 1.0) for name in "abc"] == [None, None, "a"]
    assert (waiting.dropped, waiting.finals, waiting.seconds) == (1, 3, 3.0)


def test_a_batch_ends_at_its_seconds_but_holds_at_least_one() -> None:
    waiting = queue()
    for name in "abc":
        waiting.put_final(name, name, 12.0)
    assert len(waiting.take(8, 5.0)) == 1
    assert len(waiting.take(8, 30.0)) == 2


def test_a_forgotten_stream_waits_for_nothing() -> None:
    waiting = queue()
    waiting.put_final("a", "said", 1.0)
    waiting.put_partial("a", "guess", 1.0)
    assert waiting.clear("a") == ["said", "guess"]
    assert waiting.clear("a") == []
    assert waiting.stream_ids == ()


def test_there_is_room_for_at_least_one() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        queue(per_stream=0)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.floats(0.1, 12.0)), max_size=40),
    st.integers(1, 8),
)
def test_nothing_is_lost_and_each_stream_keeps_its_order(
    said: list[tuple[str, float]], limit: int
) -> None:
    waiting: FairQueue[tuple[str, int]] = FairQueue(100)
    for number, (stream_id, seconds) in enumerate(said):
        waiting.put_final(stream_id, (stream_id, number), seconds)
    taken: list[tuple[str, int]] = []
    while batch := waiting.take(limit, 20.0):
        assert len(batch) <= limit
        taken += batch
    assert sorted(number for _, number in taken) == list(range(len(said)))
    for stream_id in "abc":
        numbers = [number for of, number in taken if of == stream_id]
        assert numbers == sorted(numbers)
