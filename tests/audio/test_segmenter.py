"""The cutting itself, on made sound with a judge that calls loud sound speech."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audio.made import START, begins_at, blocks, ended, hear, loudness_model, sound
from wallflower.audio import (
    Ended,
    Grew,
    Heard,
    Paused,
    Segmenter,
    SegmenterSettings,
    SpeechBegan,
)
from wallflower.audio.framing import FRAME
from wallflower.domain.pcm import PcmBlock
from wallflower.domain.speech import Pcm, Utterance
from wallflower.domain.times import SAMPLE_RATE, MediaTime

MODEL = loudness_model()
FRAME_S = FRAME / SAMPLE_RATE
DEFAULTS = SegmenterSettings()
SHORT = SegmenterSettings(max_s=4.0, partial_every_s=0.5)

scenes = st.lists(
    st.tuples(st.sampled_from(["loud", "half", "quiet", "zero"]), st.floats(0.03, 2.5)),
    min_size=1,
    max_size=8,
)


def facts(event: Heard) -> tuple[object, ...]:
    """An event as plain values, to compare."""
    if isinstance(event, SpeechBegan):
        return ("began", event.at.ns)
    u = event.utterance
    kind = type(event).__name__
    return (kind, u.number, u.start.ns, u.speech_start_s, u.speech_end_s, u.ended, u.cut, *u.pcm)


@settings(max_examples=30, deadline=None)
@given(scenes, st.lists(st.integers(1, 9000), max_size=30))
def test_blocks_of_any_length_give_the_same_events(
    scene: list[tuple[str, float]], lengths: list[int]
) -> None:
    pcm = sound(*scene)
    one = [facts(event) for event in hear(pcm, MODEL, SHORT)]
    assert [facts(event) for event in hear(pcm, MODEL, SHORT, lengths)] == one


@settings(max_examples=60, deadline=None)
@given(scenes)
def test_no_sample_is_lost_changed_or_heard_twice(scene: list[tuple[str, float]]) -> None:
    pcm = sound(*scene)
    heard = hear(pcm, MODEL, SHORT)
    reached, before = 0, None
    for number, utterance in enumerate(ended(heard), start=1):
        begin = begins_at(utterance)
        assert utterance.number == number
        assert begin >= reached
        if before is not None and before.cut:
            assert begin == reached
        reached, before = begin + len(utterance.pcm), utterance
        np.testing.assert_array_equal(utterance.pcm, pcm[begin:reached])
        assert 0 <= utterance.speech_start_s < utterance.speech_end_s <= utterance.duration_s
        assert utterance.duration_s <= SHORT.max_s + 2 * FRAME_S
        assert utterance.ended
    assert before is None or not before.cut


@settings(max_examples=60, deadline=None)
@given(scenes)
def test_events_come_in_an_order_one_can_rely_on(scene: list[tuple[str, float]]) -> None:
    speaking = False
    last_pause: Utterance | None = None
    for event in hear(sound(*scene), MODEL, SHORT):
        if isinstance(event, SpeechBegan):
            assert not speaking
            speaking, last_pause = True, None
            continue
        assert speaking
        if isinstance(event, Ended):
            u = event.utterance
            if last_pause is not None and last_pause.speech_end_s == u.speech_end_s:
                # What an engine made of the snapshot is the text of the utterance.
                assert (u.number, u.start) == (last_pause.number, last_pause.start)
                assert u.speech_start_s == last_pause.speech_start_s
                # A cut may lie anywhere in the pause; otherwise even the samples are the same.
                assert u.cut or u.pcm.tobytes() == last_pause.pcm.tobytes()
            speaking, last_pause = u.cut, None
        else:
            assert not event.utterance.ended
            last_pause = event.utterance if isinstance(event, Paused) else last_pause
    assert not speaking


def test_bounds_are_exact_to_the_frame() -> None:
    pcm = sound(("quiet", 2.0), ("loud", 1.0), ("quiet", 2.0))
    began, paused, end = hear(pcm, MODEL)
    assert isinstance(began, SpeechBegan)
    assert isinstance(paused, Paused)
    assert isinstance(end, Ended)
    assert began.at.seconds_since(START) == pytest.approx(2.0, abs=FRAME_S)
    utterance = end.utterance
    assert utterance.start.plus(utterance.speech_start_s) == began.at
    speech_end = utterance.start.plus(utterance.speech_end_s)
    assert speech_end.seconds_since(START) == pytest.approx(3.0, abs=FRAME_S)
    assert utterance.speech_start_s == pytest.approx(DEFAULTS.pre_roll_s, abs=1e-4)
    rolled = utterance.speech_end_s + DEFAULTS.post_roll_s
    assert utterance.duration_s == pytest.approx(rolled, abs=1e-4)
    assert not utterance.pcm.flags.writeable
    assert (utterance.stream_id, utterance.number, utterance.cut) == ("hall", 1, False)


def test_a_pause_is_told_as_soon_as_it_lasts_and_the_end_when_it_is_one() -> None:
    segmenter = Segmenter("hall", MODEL)
    told: dict[str, int] = {}
    pcm = sound(("quiet", 1.024), ("loud", 1.024), ("quiet", 2.048))
    for number, block in enumerate(blocks(pcm, rest=FRAME * 4)):
        for event in segmenter.feed(block):
            told[type(event).__name__] = number
    # Blocks of 128 ms: speech lies in numbers 8 to 15. Then 0.25 s and 0.55 s, rounded up.
    assert told == {"SpeechBegan": 8, "Paused": 17, "Ended": 20}


def test_a_pause_that_ends_again_is_inside_the_utterance() -> None:
    pcm = sound(("quiet", 1.0), ("loud", 0.5), ("quiet", 0.4), ("loud", 0.5), ("quiet", 1.0))
    heard = hear(pcm, MODEL)
    assert [type(event) for event in heard] == [SpeechBegan, Paused, Paused, Ended]
    (utterance,) = ended(heard)
    spoken = utterance.speech_end_s - utterance.speech_start_s
    assert spoken == pytest.approx(1.4, abs=2 * FRAME_S)


def test_two_sentences_are_two_utterances_that_share_no_sample() -> None:
    pcm = sound(("quiet", 1.0), ("loud", 0.5), ("quiet", 0.62), ("loud", 0.5), ("quiet", 1.0))
    first, second = ended(hear(pcm, MODEL, replace(DEFAULTS, pre_roll_s=0.6)))
    assert [first.number, second.number] == [1, 2]
    assert begins_at(second) == begins_at(first) + len(first.pcm)


@pytest.mark.parametrize("scene", [("loud", 0.09), ("half", 3.0), ("quiet", 3.0), ("zero", 3.0)])
def test_too_short_or_too_uncertain_sound_is_dropped(scene: tuple[str, float]) -> None:
    assert hear(sound(("quiet", 1.0), scene, ("quiet", 1.0)), MODEL) == []


def test_uncertain_sound_before_speech_is_not_dragged_along() -> None:
    pcm = sound(("quiet", 1.0), ("loud", 0.07), ("half", 5.0), ("loud", 1.0), ("quiet", 1.0))
    (utterance,) = ended(hear(pcm, MODEL))
    assert utterance.duration_s < 2.0
    assert begins_at(utterance) / SAMPLE_RATE == pytest.approx(5.77, abs=2 * FRAME_S)


def test_speech_that_is_cut_off_by_the_end_of_the_capture_is_kept() -> None:
    pcm = sound(("quiet", 1.0), ("loud", 1.01))
    (utterance,) = ended(hear(pcm, MODEL))
    assert begins_at(utterance) + len(utterance.pcm) == len(pcm)


def test_a_gap_ends_the_utterance_and_sound_across_it_is_not_joined() -> None:
    pcm = sound(("loud", 4.0))
    half = len(pcm) // 2 + 77
    segmenter = Segmenter("hall", MODEL)
    before = [event for block in blocks(pcm[:half]) for event in segmenter.feed(block)]
    mid_sentence = segmenter.speaking
    late = list(blocks(pcm[half:], first=half + SAMPLE_RATE))
    after = [event for block in late for event in segmenter.feed(block)] + segmenter.flush()
    assert (mid_sentence, segmenter.speaking) == (True, False)
    assert [type(event) for event in before + after] == [SpeechBegan, Ended] * 2
    first, second = ended(before + after)
    np.testing.assert_array_equal(first.pcm, pcm[begins_at(first) : half])
    np.testing.assert_array_equal(second.pcm, pcm[half:])
    assert second.start == late[0].wall
    assert not first.cut


def cut_in_two(pcm: Pcm) -> tuple[Utterance, Utterance]:
    first, second = ended(hear(pcm, MODEL, replace(DEFAULTS, max_s=6.0)))
    assert first.cut
    assert not second.cut
    assert begins_at(second) == begins_at(first) + len(first.pcm)
    return first, second


def test_speech_without_end_is_cut_at_its_best_pause() -> None:
    pcm = sound(
        ("quiet", 1.0),
        *(("loud", 1.5), ("quiet", 0.2)),  # in the first half: too early
        *(("loud", 2.0), ("quiet", 0.16)),  # the best one, from 4.7 s to 4.86 s
        *(("loud", 1.0), ("quiet", 0.1)),
        *(("loud", 2.0), ("quiet", 1.0)),
    )
    first, second = cut_in_two(pcm)
    assert begins_at(second) / SAMPLE_RATE == pytest.approx(4.78, abs=2 * FRAME_S)
    assert first.duration_s - first.speech_end_s == pytest.approx(0.08, abs=2 * FRAME_S)
    assert second.speech_start_s == pytest.approx(0.08, abs=2 * FRAME_S)


def test_speech_without_any_pause_is_cut_where_it_is_quietest() -> None:
    pcm = sound(("quiet", 1.0), ("loud", 4.0), ("half", 0.3), ("loud", 4.0), ("quiet", 1.0))
    _, second = cut_in_two(pcm)
    assert begins_at(second) / SAMPLE_RATE == pytest.approx(5.15, abs=0.1)


@pytest.mark.parametrize(("talk_s", "utterances"), [(1.0, 1), (3.7, 2)])
def test_the_longer_somebody_talks_the_shorter_a_pause_ends_it(
    talk_s: float, utterances: int
) -> None:
    pcm = sound(("quiet", 1.0), ("loud", talk_s), ("quiet", 0.3), ("loud", 1.0), ("quiet", 1.0))
    heard = ended(hear(pcm, MODEL, replace(DEFAULTS, max_s=6.0)))
    assert len(heard) == utterances
    assert not any(utterance.cut for utterance in heard)


def test_streams_that_never_pause_are_not_cut_in_step() -> None:
    pcm = sound(("quiet", 1.0), ("loud", 20.0))
    cuts = set()
    for stream_id in ("hall", "kitchen", "porch"):
        segmenter = Segmenter(stream_id, MODEL, replace(DEFAULTS, max_s=6.0))
        events = [event for block in blocks(pcm) for event in segmenter.feed(block)]
        lengths = [round(utterance.duration_s, 2) for utterance in ended(events)]
        assert len(lengths) >= 3
        assert max(lengths) <= 6.0
        cuts.add(tuple(lengths))
    assert len(cuts) > 1


def test_snapshots_grow_while_someone_talks_and_only_then() -> None:
    pcm = sound(("quiet", 1.0), ("loud", 2.2), ("quiet", 0.5), ("loud", 0.7), ("quiet", 2.0))
    grew = [
        event.utterance
        for event in hear(pcm, MODEL, replace(DEFAULTS, partial_every_s=0.5))
        if isinstance(event, Grew)
    ]
    ends = [(begins_at(u) + len(u.pcm)) / SAMPLE_RATE for u in grew]
    assert ends == pytest.approx([1.5, 2.0, 2.5, 3.0, 4.0], abs=0.15)
    assert {u.number for u in grew} == {1}
    assert not any(u.ended for u in grew)


def test_speech_goes_on_after_a_flush_as_after_a_gap() -> None:
    segmenter = Segmenter("hall", MODEL)
    pcm = sound(("quiet", 1.0), ("loud", 1.0))
    first = ended([*segmenter.feed(next(blocks(pcm, rest=len(pcm)))), *segmenter.flush()])
    second = ended([*segmenter.feed(next(blocks(pcm, rest=len(pcm)))), *segmenter.flush()])
    assert [u.number for u in first + second] == [1, 2]
    assert segmenter.flush() == []


def test_odd_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="element size"):
        Segmenter("hall", MODEL).feed(PcmBlock(b"\0", MediaTime(0), START))
