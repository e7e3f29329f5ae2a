"""Whatever is done to the store in whatever order: pages, search and replay tell one story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    initialize,
    invariant,
    multiple,
    rule,
)

from tests.store.lines import MENDING, line, rename, room_print
from tests.store.machine import FEW, StoreMachine
from wallflower.domain.events import LineCommitted, LineCorrected, LineDeleted, SpeakerRenamed
from wallflower.store import LineQuery

WORDS = ("door", "garden", "keys", "tea")


@dataclass
class Said:
    """What the store should know of a line."""

    at_s: int
    word: str
    stream_id: str
    speaker_id: int | None


class History(StoreMachine):
    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[int, Said] = {}
        self.names: dict[int, str] = {}
        self.told: list[tuple[type, int]] = []
        """Kind and line or voice of every event."""

    @initialize()
    def begin(self) -> None:
        self.open()
        for number in (1, 2):
            voice = self.do(self.store.voices.add("ge2e", room_print(number)))
            self.names[voice.id] = voice.name

    @rule(
        target=ids,
        said=st.lists(
            st.builds(
                Said,
                st.integers(0, 9),
                st.sampled_from(WORDS),
                st.sampled_from(["hall", "porch"]),
                st.sampled_from([None, 1, 2]),
            ),
            min_size=1,
            max_size=4,
        ),
    )
    def commit(self, said: list[Said]) -> Any:
        voices = {voice.id: voice for voice in self.do(self.store.voices.everyone())}
        events = self.do(
            self.store.lines.commit(
                [
                    line(
                        f"The {one.word}.",
                        one.at_s,
                        stream_id=one.stream_id,
                        speaker=voices[one.speaker_id].ref(1) if one.speaker_id else None,
                    )
                    for one in said
                ]
            )
        )
        new = [event.line.id or 0 for event in events]
        self.lines.update(zip(new, said, strict=True))
        self.told += [(LineCommitted, line_id) for line_id in new]
        return multiple(*new)

    @rule(line_id=ids, word=st.sampled_from(WORDS))
    def change(self, line_id: int, word: str) -> None:
        if line_id in self.lines:
            self.do(self.store.lines.change(line_id, text=f"A {word}!"))
            self.lines[line_id].word = word
            self.told.append((LineCorrected, line_id))

    @rule(line_id=ids, speaker_id=st.sampled_from([1, 2]))
    def reassign(self, line_id: int, speaker_id: int) -> None:
        # A voice that nobody named would go with its last line; that is tested elsewhere.
        named = not any(name.startswith("Voice") for name in self.names.values())
        if line_id in self.lines and named:
            self.do(self.store.people.reassign(MENDING, line_id, speaker_id))
            self.lines[line_id].speaker_id = speaker_id
            self.told.append((LineCorrected, line_id))

    @rule(line_id=ids)
    def delete(self, line_id: int) -> None:
        if line_id in self.lines:
            self.do(self.store.lines.delete(line_id))
            del self.lines[line_id]
            self.told.append((LineDeleted, line_id))

    @rule(voice_id=st.sampled_from([1, 2]), name=st.sampled_from(["Anna", "Änne", "ÄNNA"]))
    def rename(self, voice_id: int, name: str) -> None:
        name = f"{name} {voice_id}"
        self.do(rename(self.store, voice_id, name))
        self.names[voice_id] = name
        self.told.append((SpeakerRenamed, voice_id))

    @rule()
    def restart(self) -> None:
        self.do(self.store.close())
        self.open()
        assert self.store.damage is None

    @rule()
    def damage(self) -> None:
        """Lose the header: everything else must come back as it was."""
        self.do(self.store.close())
        with self.path.open("r+b") as file:
            file.write(b"\xff" * 100)
        self.open()
        assert self.store.damage is not None

    def page(self, query: LineQuery) -> list[int | None]:
        return [item.id for item in self.do(self.store.lines.page(query)).items]

    def expected(self, **conditions: Any) -> list[int]:
        found = [
            (said.at_s, line_id)
            for line_id, said in self.lines.items()
            if all(getattr(said, name) == value for name, value in conditions.items())
        ]
        return [line_id for _, line_id in sorted(found, reverse=True)]

    @invariant()
    def pages_and_search_tell_what_was_said(self) -> None:
        assert self.page(LineQuery(limit=500)) == self.expected()
        assert self.page(LineQuery(text="door", limit=500)) == self.expected(word="door")
        query = LineQuery(stream_id="hall", speaker_id=1, limit=500)
        assert self.page(query) == self.expected(stream_id="hall", speaker_id=1)
        for item in self.do(self.store.lines.page(LineQuery(limit=500))).items:
            speaker_id = self.lines[item.id or 0].speaker_id
            assert (item.speaker and item.speaker.name) == self.names.get(speaker_id or 0)

    @invariant()
    def replay_tells_everything_but_what_was_deleted(self) -> None:
        expected = [
            (number, kind, row)
            for number, (kind, row) in enumerate(self.told, start=1)
            if kind in (LineDeleted, SpeakerRenamed) or row in self.lines
        ]
        replayed: list[tuple[int, type, int | None]] = []
        for event in self.do(self.store.journal.after(0)):
            match event:
                case LineCommitted() | LineCorrected():
                    row = event.line.id
                case LineDeleted():
                    row = event.line_id
                case SpeakerRenamed():
                    row = event.speaker_id
            replayed.append((event.event_id, type(event), row))
        assert replayed == expected
        assert self.do(self.store.journal.last_id()) == len(self.told)


TestHistory = History.TestCase
TestHistory.settings = FEW
