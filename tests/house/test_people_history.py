"""Whatever people and the machine do in whatever order: people have the last word."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.house.ears import QuietEar, clip
from tests.house.test_people import everything
from tests.store.lines import line, prints, room_print
from tests.store.machine import FEW, StoreMachine
from wallflower.domain.errors import BadInput
from wallflower.domain.speech import Line
from wallflower.domain.voices import Reassigned, Revision, Voice
from wallflower.house.people import People
from wallflower.runtime.bus import Bus
from wallflower.store import LineQuery

LINES = 8
CHOICE = st.integers(0, 20)
"""One of those that are there, counted round and round."""


class Household(StoreMachine):
    def __init__(self) -> None:
        super().__init__()
        self.before: list[tuple[int, tuple[object, ...]]] = []
        """Corrections since the machine changed something, and everything before each."""

    def open(self, wall: str = "2026-03-02T00:00:00Z") -> None:
        super().open(wall)
        self.people = People(self.store, Bus(), self.clock, QuietEar())

    def lines(self) -> list[Line]:
        return list(self.do(self.store.lines.page(LineQuery(limit=500))).items)[::-1]

    def voices(self) -> list[Voice]:
        return sorted(self.do(self.store.voices.everyone()), key=lambda voice: voice.id)

    def voice(self, choice: int) -> int:
        voices = self.voices()
        return voices[choice % len(voices)].id if voices else 99

    @initialize()
    def begin(self) -> None:
        self.open()
        voices = [self.do(self.store.voices.add("ge2e", room_print(n))) for n in range(3)]
        self.do(
            self.store.lines.commit(
                [
                    line(
                        f"Line {number}.",
                        number * 10,
                        stream_id=("hall", "porch")[number % 2],
                        speaker=voices[number % 3].ref(0.7, sure=number % 4 != 0),
                        prints=prints(number % 4) if number % 5 else None,
                    )
                    for number in range(LINES)
                ]
            )
        )

    def decide(self, work: Coroutine[Any, Any, object]) -> None:
        """Let a person do something; what makes no sense must change nothing."""
        before = self.do(everything(self.store))
        try:
            self.do(work)
        except BadInput:
            assert self.do(everything(self.store)) == before
        else:
            self.before.append((self.do(self.people.corrections(1))[0].id, before))

    @rule(voice=CHOICE, name=st.sampled_from(["Anna", "Ben", "anna"]))
    def rename(self, voice: int, name: str) -> None:
        self.decide(self.people.rename(self.voice(voice), name))

    @rule(gone=CHOICE, into=CHOICE)
    def merge(self, gone: int, into: int) -> None:
        self.decide(self.people.merge([self.voice(gone)], self.voice(into)))

    @rule(voice=CHOICE, lines=st.sets(st.integers(1, LINES), max_size=3))
    def split(self, voice: int, lines: set[int]) -> None:
        self.decide(self.people.split(self.voice(voice), sorted(lines)))

    @rule(line_id=st.integers(1, LINES), voice=st.none() | CHOICE)
    def reassign(self, line_id: int, voice: int | None) -> None:
        self.decide(self.people.reassign(line_id, None if voice is None else self.voice(voice)))

    @rule(name=st.sampled_from(["Anna", "Cleo"]), lines=st.sets(st.integers(1, LINES), min_size=1))
    def enrol_lines(self, name: str, lines: set[int]) -> None:
        self.decide(self.people.enrol_lines(name, sorted(lines)))

    @rule(name=st.sampled_from(["Anna", "Cleo"]), seed=st.integers(0, 9))
    def enrol_clip(self, name: str, seed: int) -> None:
        self.decide(self.people.enrol_clip(name, clip(seed)))

    @precondition(lambda self: self.before)
    @rule()
    def undo(self) -> None:
        correction, before = self.before.pop()
        self.do(self.people.undo(correction))
        assert self.do(everything(self.store)) == before

    @rule(choice=CHOICE)
    def undo_any(self, choice: int) -> None:
        """Any correction: refused, or its lines are what they were; never an error of ours."""
        corrections = self.do(self.people.corrections())
        if not corrections:
            return
        chosen = corrections[choice % len(corrections)].id
        try:
            self.do(self.people.undo(chosen))
        except BadInput:
            return
        self.before.clear()

    @rule(
        moves=st.lists(st.tuples(st.integers(1, LINES), st.integers(-2, 20)), max_size=5),
        merges=st.lists(st.tuples(CHOICE, CHOICE), max_size=3),
    )
    def second_look(self, moves: list[tuple[int, int]], merges: list[tuple[int, int]]) -> None:
        """The machine thinks anything, however wrong."""
        voices = {voice.id for voice in self.voices() if voice.known}
        decided = {each.id: each.speaker for each in self.lines() if each.confirmed}
        revision = Revision(
            lines=tuple(
                Reassigned(line_id, to if to < 0 else self.voice(to), 0.9, sure=True)
                for line_id, to in moves
            ),
            merged={self.voice(gone): self.voice(into) for gone, into in merges},
            prints={-1: (room_print(50),)},
        )
        if self.do(self.store.voices.revise("ge2e", revision)):
            self.before.clear()
        assert {each.id: each.speaker for each in self.lines() if each.confirmed} == decided
        assert voices <= {voice.id for voice in self.voices()}

    @rule(voice=CHOICE, stream=st.sampled_from(["hall", "attic"]))
    def learn(self, voice: int, stream: str) -> None:
        self.before.clear()
        learnt = room_print(7, 4.0, stream_id=stream)
        self.do(self.store.voices.update("ge2e", self.voice(voice), learnt))

    @rule(voice=CHOICE)
    def forget(self, voice: int) -> None:
        if self.voices():
            self.before.clear()
            self.do(self.people.forget(self.voice(voice)))

    @rule()
    def restart(self) -> None:
        before = self.do(everything(self.store))
        self.do(self.store.close())
        self.open()
        assert self.do(everything(self.store)) == before

    @invariant()
    def no_line_is_lost_and_every_speaker_is_there(self) -> None:
        if not hasattr(self, "store"):
            return
        lines = self.lines()
        assert [each.text for each in lines] == [f"Line {number}." for number in range(LINES)]
        names = {voice.id: (voice.name, voice.known) for voice in self.voices()}
        for each in lines:
            assert each.speaker is not None or not each.confirmed
            if each.speaker is not None:
                assert (each.speaker.name, each.speaker.known) == names[each.speaker.id]

    @invariant()
    def prints_are_prints(self) -> None:
        if not hasattr(self, "store"):
            return
        for voice in self.do(self.store.voices.all("ge2e")):
            assert voice.prints
            for print_ in voice.prints:
                assert abs(float(np.linalg.norm(print_.embedding)) - 1.0) < 1e-3
                assert print_.speech_s > 0


TestHousehold = Household.TestCase
TestHousehold.settings = FEW
