from __future__ import annotations

import numpy as np
import pytest

from tests.speakers.made import START, utterance
from tests.speakers.prints import heard, stretch, voice
from wallflower.domain.prints import Prints
from wallflower.domain.voices import RoomPrint, Sample, Voice
from wallflower.speakers.odds.calibration import unit
from wallflower.speakers.online.learning import OFFERED, Offers, clip_of, print_after
from wallflower.speakers.online.scoring import Piece

LATER = START.plus(60.0)


def some_piece(windows: list[int], seconds: float) -> Piece:
    return Piece(np.array(windows), heard(voice(1), 1)[0], seconds, seconds)


def known() -> Voice:
    first = RoomPrint("hall", voice(1), 4.0, START)
    return Voice(1, "Voice 1", False, "test", (first,), START, START)


def test_a_print_grows_by_what_is_heard() -> None:
    piece = some_piece([0], 2.0)
    learnt = print_after(known(), "hall", piece, LATER)
    assert (learnt.stream_id, learnt.speech_s, learnt.last_heard) == ("hall", 6.0, LATER)
    expected = unit(voice(1) * 4 + piece.mean * 2)
    np.testing.assert_allclose(learnt.embedding, expected, atol=1e-6)


def test_the_first_print_of_a_stream_is_what_is_heard_there() -> None:
    piece = some_piece([0], 2.0)
    learnt = print_after(known(), "attic", piece, LATER)
    assert (learnt.stream_id, learnt.speech_s) == ("attic", 2.0)
    np.testing.assert_array_equal(learnt.embedding, piece.mean)


def test_a_voice_has_one_print_per_stream() -> None:
    grown = known().sounding(RoomPrint("attic", voice(1), 2.0, LATER))
    grown = grown.sounding(RoomPrint("hall", voice(1), 9.0, START))
    assert {each.stream_id: each.speech_s for each in grown.prints} == {"attic": 2.0, "hall": 9.0}
    assert (grown.first_heard, grown.last_heard) == (START, LATER)


def counted(seconds: float) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return (np.arange(round(seconds * 16_000)) % 32_000).astype(np.int16)


def prints(windows: int, overlapped: tuple[int, ...] = ()) -> Prints:
    plain = stretch(heard(voice(1), windows), 0.5)
    marked = np.isin(np.arange(windows), overlapped)
    return Prints(plain.encoder, plain.windows, plain.edges_s, marked, 35.0)


def test_a_clip_is_the_middle_of_the_longest_stretch() -> None:
    said = utterance(counted(10.0))
    clip = clip_of(said, prints(20), some_piece([0, 1, *range(6, 18)], 7.0), 0.9)
    assert clip is not None
    np.testing.assert_array_equal(clip.pcm, said.pcm[4 * 16_000 : 8 * 16_000])
    assert clip.at == said.start.plus(4.0)
    assert clip.quality == pytest.approx(0.9)


def test_a_clip_holds_nobody_else() -> None:
    said = utterance(counted(5.0))
    assert clip_of(said, prints(10, overlapped=(5,)), some_piece(list(range(10)), 5.0), 1.0)
    assert clip_of(said, prints(10, overlapped=(3, 6)), some_piece(list(range(10)), 5.0), 1.0) is (
        None
    )


@pytest.mark.parametrize("windows", [[0], [0, 1, 2], [0, 1, 4, 5]])
def test_a_short_stretch_is_no_clip(windows: list[int]) -> None:
    assert clip_of(utterance(counted(5.0)), prints(10), some_piece(windows, 1.5), 1.0) is None


def test_shorter_clips_and_louder_rooms_are_worth_less() -> None:
    said, long = utterance(counted(8.0)), some_piece(list(range(16)), 8.0)
    short = some_piece(list(range(5)), 2.5)
    clear = prints(16)
    noisy = Prints(clear.encoder, clear.windows, clear.edges_s, clear.overlapped, 10.0)
    clips = [
        clip_of(said, where, what, 1.0)
        for where, what in ((clear, long), (clear, short), (noisy, long))
    ]
    best, *worse = (clip.quality for clip in clips if clip is not None)
    assert best == 1.0
    assert len(worse) == 2
    assert max(worse) < 0.7


def test_only_better_samples_are_offered_once_there_are_enough() -> None:
    offers = Offers()

    def of(quality: float) -> Sample:
        return Sample("hall", counted(2.0), quality, START)

    assert all(offers.worth(1, of(0.5)) for _ in range(OFFERED))
    assert not offers.worth(1, of(0.5))
    assert offers.worth(1, of(0.6))
    assert offers.worth(2, of(0.1))
    assert all(offers.worth(1, of(0.6)) for _ in range(OFFERED - 1))
    assert not offers.worth(1, of(0.6))
