from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.speakers.said import NOON, person, said
from wallflower.domain.prints import Embedding
from wallflower.domain.voices import RoomPrint
from wallflower.speakers.hindsight.repair import prints_of

ANNA, BEN = person(1), person(2)


def kept(true: Embedding, speech_s: float, stream_id: str = "hall") -> RoomPrint:
    return RoomPrint(stream_id, true, speech_s, NOON.plus(-60))


def test_a_print_per_stream_out_of_its_lines() -> None:
    hall, porch = prints_of([said(ANNA), said(BEN, stream_id="porch"), said(ANNA, 9)], [])
    assert (hall.stream_id, porch.stream_id) == ("hall", "porch")
    assert float(hall.embedding @ ANNA) > 0.9
    assert float(porch.embedding @ BEN) > 0.9
    assert float(np.linalg.norm(hall.embedding)) == pytest.approx(1.0, abs=1e-5)
    # 5.6 s in a living room, which is not quite clear.
    assert 4.0 < hall.speech_s < 5.6
    assert hall.last_heard == NOON.plus(3.6)


def test_what_a_voice_was_known_by_fills_up_where_lines_are_few() -> None:
    (few,) = prints_of([said(ANNA, 2)], [kept(BEN, 100.0)])
    assert float(few.embedding @ BEN) > float(few.embedding @ ANNA)
    (many,) = prints_of([said(ANNA, 60)], [kept(BEN, 100.0)])
    assert float(many.embedding @ ANNA) > 0.97
    assert many.speech_s == pytest.approx(24 * 0.85)


def test_what_has_no_lines_stays_as_it_was() -> None:
    clip = kept(ANNA, 4.0, "")
    (same,) = prints_of([], [clip])
    np.testing.assert_allclose(same.embedding, clip.embedding, atol=1e-6)
    assert (same.stream_id, same.speech_s, same.last_heard) == ("", 4.0, clip.last_heard)


def test_prints_of_two_voices_become_one_by_their_speech() -> None:
    (both,) = prints_of([], [kept(ANNA, 9.0), kept(BEN, 1.0)])
    assert both.speech_s == 10.0
    assert float(both.embedding @ ANNA) > 0.98 > float(both.embedding @ BEN)


def test_confirmed_lines_count_more() -> None:
    (guessed,) = prints_of([said(ANNA, 10), said(BEN, 10)], [])
    (told,) = prints_of([said(ANNA, 10), said(BEN, 10, confirmed=True)], [])
    assert float(told.embedding @ BEN) > float(guessed.embedding @ BEN)


def test_clear_lines_count_more() -> None:
    noisy = said(ANNA, 10)
    noisy = replace(noisy, prints=replace(noisy.prints, contrast_db=2.0))
    (mixed,) = prints_of([noisy, said(BEN, 10)], [])
    assert float(mixed.embedding @ BEN) > float(mixed.embedding @ ANNA)


def test_where_two_people_talk_nothing_is_learnt() -> None:
    both = said(ANNA, 6)
    windows = np.concatenate([said(who, 3).prints.windows for who in (ANNA, BEN)])
    overlapped = np.array([False] * 3 + [True] * 3)
    half = replace(both.prints, windows=windows, overlapped=overlapped)
    (print_,) = prints_of([replace(both, prints=half)], [])
    assert float(print_.embedding @ ANNA) > 0.85 > float(print_.embedding @ BEN)
    nothing = replace(both.prints, overlapped=np.ones(6, np.bool_))
    assert prints_of([replace(both, prints=nothing)], []) == ()


def test_a_voice_never_heard_has_no_print() -> None:
    assert prints_of([], []) == ()
