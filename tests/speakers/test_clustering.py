from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.speakers.prints import heard, stretch, voice
from wallflower.speakers.clustering import group, pieces_of, smooth


def test_two_voices_in_a_row_are_two_pieces() -> None:
    prints = np.vstack([heard(voice(1), 6), heard(voice(2), 4)])
    first, second = pieces_of(stretch(prints))
    assert first.windows.tolist() == [0, 1, 2, 3, 4, 5]
    assert second.windows.tolist() == [6, 7, 8, 9]
    assert first.speech_s == pytest.approx(2.4)
    assert float(second.mean @ voice(2)) > 0.9


def test_one_voice_that_comes_back_is_one_piece_with_its_longest_run() -> None:
    prints = np.vstack([heard(voice(1), 5, 1), heard(voice(2), 4), heard(voice(1), 3, 2)])
    piece, other = pieces_of(stretch(prints))
    assert piece.windows.tolist() == [0, 1, 2, 3, 4, 9, 10, 11]
    assert piece.longest_run_s == pytest.approx(2.0)
    assert other.longest_run_s == pytest.approx(1.6)


def test_a_window_across_a_change_founds_no_piece() -> None:
    across = (voice(1) + voice(2))[None] / np.linalg.norm(voice(1) + voice(2))
    prints = np.vstack([heard(voice(1), 5), across, heard(voice(2), 5)])
    assert len(pieces_of(stretch(prints))) == 2


def test_a_single_window_is_a_piece_however_short() -> None:
    (piece,) = pieces_of(stretch(heard(voice(1), 1), 0.3))
    assert piece.speech_s == pytest.approx(0.3)


def test_nothing_has_no_pieces() -> None:
    assert pieces_of(stretch(np.zeros((0, 256), np.float32))) == []


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=20),
    st.integers(0, 5),
)
def test_every_window_is_in_exactly_one_piece(who: list[int], seed: int) -> None:
    prints = np.vstack([heard(voice(each), 1, seed + at) for at, each in enumerate(who)])
    pieces = pieces_of(stretch(prints))
    windows = sorted(int(each) for piece in pieces for each in piece.windows)
    assert windows == list(range(len(who)))
    seconds = [piece.speech_s for piece in pieces]
    assert seconds == sorted(seconds, reverse=True)
    assert sum(seconds) == pytest.approx(0.4 * len(who))


@pytest.mark.parametrize(
    ("join", "labels"),
    [(0.999, [0, 1, 2, 3, 4]), (0.93, [0, 0, 0, 1, 1]), (-1.0, [0, 0, 0, 0, 0])],
)
def test_groups_join_by_their_mean_likeness(join: float, labels: list[int]) -> None:
    angles = np.radians([0, 10, 20, 90, 100])
    prints = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert group(prints, join).tolist() == labels


def test_smoothing_takes_evidence_for_a_change() -> None:
    fit = np.array([[0.8, 0.5], [0.8, 0.5], [0.6, 0.7], [0.8, 0.5], [0.5, 0.8], [0.5, 0.8]])
    assert smooth(fit, 0.2).tolist() == [0, 0, 0, 0, 1, 1]
    assert smooth(fit, 0.0).tolist() == [0, 0, 1, 0, 1, 1]
