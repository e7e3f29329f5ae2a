from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.speakers.prints import CALIBRATION, heard, stretch, voice
from wallflower.domain.prints import Prints
from wallflower.speakers.odds.calibration import unit
from wallflower.speakers.online.clustering import cleaned, joined, pieces_of, smooth
from wallflower.speakers.online.scoring import Piece


def pieces_in(prints: Prints) -> list[Piece]:
    return pieces_of(prints, CALIBRATION)


def test_two_voices_in_a_row_are_two_pieces() -> None:
    prints = np.vstack([heard(voice(1), 6), heard(voice(2), 4)])
    first, second = pieces_in(stretch(prints))
    assert first.windows.tolist() == [0, 1, 2, 3, 4, 5]
    assert second.windows.tolist() == [6, 7, 8, 9]
    assert first.speech_s == pytest.approx(4.8)
    assert float(second.mean @ voice(2)) > 0.9


def test_one_voice_that_comes_back_is_one_piece_with_its_longest_run() -> None:
    prints = np.vstack([heard(voice(1), 5, 1), heard(voice(2), 4), heard(voice(1), 3, 2)])
    piece, other = pieces_in(stretch(prints))
    assert piece.windows.tolist() == [0, 1, 2, 3, 4, 9, 10, 11]
    assert piece.longest_run_s == pytest.approx(4.0)
    assert other.longest_run_s == pytest.approx(3.2)


def test_a_window_across_a_change_founds_no_piece() -> None:
    across = (voice(1) + voice(2))[None] / np.linalg.norm(voice(1) + voice(2))
    prints = np.vstack([heard(voice(1), 5), across, heard(voice(2), 5)])
    assert len(pieces_in(stretch(prints))) == 2


def test_a_single_window_is_a_piece_however_short() -> None:
    (piece,) = pieces_in(stretch(heard(voice(1), 1), 0.3))
    assert piece.speech_s == pytest.approx(0.3)


def test_nothing_has_no_pieces() -> None:
    assert pieces_in(stretch(np.zeros((0, 256), np.float32))) == []


@settings(deadline=None)  # how long it takes is the machine's business
@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=20),
    st.integers(0, 5),
)
def test_every_window_is_in_exactly_one_piece(who: list[int], seed: int) -> None:
    prints = np.vstack([heard(voice(each), 1, seed + at) for at, each in enumerate(who)])
    pieces = pieces_in(stretch(prints))
    windows = sorted(int(each) for piece in pieces for each in piece.windows)
    assert windows == list(range(len(who)))
    seconds = [piece.speech_s for piece in pieces]
    assert seconds == sorted(seconds, reverse=True)
    assert sum(seconds) == pytest.approx(0.8 * len(who))


def test_each_voice_is_joined_and_kept_from_the_others() -> None:
    prints = np.vstack([heard(voice(1), 4, 1), heard(voice(2), 4, 2), heard(voice(1), 2, 3)])
    labels = joined(stretch(prints), CALIBRATION)
    assert labels.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 0, 0]


def test_what_the_caller_has_is_left_alone() -> None:
    prints = stretch(heard(voice(1), 4))
    before = prints.windows.copy(), prints.edges_s.copy()
    joined(prints, CALIBRATION)
    np.testing.assert_array_equal(prints.windows, before[0])
    np.testing.assert_array_equal(prints.edges_s, before[1])


def test_smoothing_takes_evidence_for_a_change() -> None:
    fit = np.array([[0.8, 0.5], [0.8, 0.5], [0.6, 0.7], [0.8, 0.5], [0.5, 0.8], [0.5, 0.8]])
    assert smooth(fit, 0.2).tolist() == [0, 0, 0, 0, 1, 1]
    assert smooth(fit, 0.0).tolist() == [0, 0, 1, 0, 1, 1]


def test_what_others_say_at_the_same_time_is_left_out() -> None:
    prints = stretch(np.vstack([heard(voice(1), 4, 1), heard(voice(2), 2, 2)]))
    mixed = replace(prints, overlapped=np.isin(np.arange(6), (4, 5)))
    whole = Piece(np.arange(6), heard(voice(1), 1)[0], 4.8, 4.8)
    clean = cleaned(whole, mixed)
    assert [clean.speech_s, clean.longest_run_s] == pytest.approx([3.2, 3.2])
    np.testing.assert_allclose(clean.mean, unit(prints.windows[:4].mean(axis=0)), atol=1e-6)
    assert cleaned(whole, prints) is whole
    assert cleaned(replace(whole, windows=np.array([4, 5])), mixed).speech_s == 0.0
