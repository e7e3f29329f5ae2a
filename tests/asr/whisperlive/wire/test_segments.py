from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from wallflower.asr.whisperlive.wire.events import Completed, Event, Missed, Segment, SoFar
from wallflower.asr.whisperlive.wire.messages import Said
from wallflower.asr.whisperlive.wire.segments import Segments
from wallflower.domain.speech import Word

WINDOW = 4


def open_(text: str, start_s: float = 0.0, end_s: float = 1.0) -> Said:
    word = Word(text, start_s, end_s, 0.9)
    return Said(Segment(start_s, end_s, text, (word,)), completed=False)


def done(text: str, start_s: float = 0.0, end_s: float = 1.0) -> Said:
    return Said(Segment(start_s, end_s, text), completed=True)


def texts(events: list[Event]) -> list[str]:
    return [event.segment.text for event in events if isinstance(event, Completed)]


@dataclass
class Server:
    """What the real one does with its segments, by the reference: it was read from its source."""

    transcript: list[Said] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    """All that was said, in order: what has to come out."""
    unfinished: Said | None = None
    offset_s: float = 0.0
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def message(self) -> list[Said]:
        return self.transcript[-WINDOW:] + ([self.unfinished] if self.unfinished else [])

    def revise(self) -> None:
        """More sound: the unfinished segment reads otherwise."""
        self.unfinished = open_(f"text {next(self.numbers)}", self.offset_s, self.offset_s + 2)

    def complete(self) -> None:
        """Several segments: all but the last are completed."""
        text = f"text {next(self.numbers)}"
        self.spoken.append(text)
        self.transcript.append(done(text, self.offset_s, self.offset_s + 1))
        self.offset_s += 1
        self.revise()

    def repeat(self) -> None:
        """The unfinished segment came often enough: it is completed, or passed over."""
        if self.unfinished is None:
            return
        text = self.unfinished.segment.text
        if not self.transcript or self.transcript[-1].segment.text != text:
            self.transcript.append(done(text, self.offset_s, self.offset_s + 2))
        self.spoken.append(text)
        self.offset_s += 2
        self.unfinished = None

    def say_again(self) -> None:
        """Somebody says just what the last completed segment says."""
        if self.unfinished is None and self.transcript:
            start_s = self.offset_s + 0.5
            self.unfinished = open_(self.transcript[-1].segment.text, start_s, start_s + 1)


STEPS = st.sampled_from(["revise", "complete", "repeat", "say_again"])


@given(st.lists(STEPS, max_size=40), st.data())
def test_whatever_the_order_each_segment_comes_once_and_none_is_lost(
    steps: list[str], data: st.DataObject
) -> None:
    server, segments = Server(), Segments(WINDOW)
    heard: list[str] = []
    unseen = 0
    for step in steps:
        before = len(server.transcript)
        getattr(server, step)()
        unseen += len(server.transcript) - before
        # The server leaves messages out only between completions.
        if step == "complete" and unseen < WINDOW - 1 and data.draw(st.booleans()):
            continue
        unseen = 0
        if message := server.message():
            events = segments.receive(message)
            assert isinstance(events[-1], SoFar)
            assert Missed() not in events
            heard += texts(events)
    heard += texts(segments.end())
    if unseen:
        return
    last = [server.unfinished.segment.text] if server.unfinished else []
    assert heard == server.spoken + last
    assert segments.end() == []


def test_text_so_far_is_revised_until_it_is_completed() -> None:
    segments = Segments(WINDOW)
    for text in ("you", "your", "you are"):
        assert segments.receive([open_(text)]) == [SoFar(open_(text).segment)]
    assert texts(segments.receive([done("You are here."), open_("Good", 1, 2)])) == [
        "You are here."
    ]


def test_a_guess_over_silence_that_more_sound_corrects_is_gone() -> None:
    segments = Segments(WINDOW)
    segments.receive([open_("Thank you.", 0, 1)])
    assert texts(segments.receive([open_("Please close the door.", 1.5, 3)])) == []
    assert texts(segments.end()) == ["Please close the door."]


def test_settled_text_that_the_server_goes_past_is_kept() -> None:
    segments = Segments(WINDOW)
    segments.receive([open_("Come in.", 0, 1)])
    segments.receive([open_("Come in.", 0, 1)])
    assert texts(segments.receive([open_("Sit down.", 1.5, 3)])) == ["Come in."]


def test_text_that_is_missing_from_a_message_may_come_back() -> None:
    segments = Segments(WINDOW)
    segments.receive([done("One."), open_("Two.", 2, 3)])
    assert texts(segments.receive([done("One.")])) == []
    assert texts(segments.receive([done("One."), open_("Two three.", 2, 4)])) == []
    assert texts(segments.end()) == ["Two three."]


def test_a_repeated_sentence_that_comes_back_after_all_counts_once() -> None:
    segments = Segments(WINDOW)
    segments.receive([done("No.", 0, 1), open_("No.", 2, 3)])
    assert texts(segments.receive([done("No.", 0, 1)])) == ["No."]
    assert texts(segments.receive([done("No.", 0, 1), open_("No.", 2, 3)])) == []
    assert texts(segments.end()) == []


def test_more_completions_than_a_message_holds_are_noticed() -> None:
    segments = Segments(2)
    assert Missed() not in segments.receive([done("a", 0, 1)])
    events = segments.receive([done("c", 2, 3), done("d", 3, 4)])
    assert events[0] == Missed()
    assert texts(events) == ["c", "d"]
