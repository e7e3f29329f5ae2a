"""The second look: who said each line of a conversation, now that all of it was heard. Pure numpy.

Each stream by itself is parted into its people (`grouping.py`), these are matched with the voices
the house knows and with each other across streams (`naming.py`), and what differs from what the
lines are called now is a `Revision`. Lines that a person confirmed stay as they are and hold their
group together; named voices never go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from wallflower.domain.voices import HeardLine, Reassigned, Revision, RoomPrint, Voice
from wallflower.speakers.hindsight.grouping import Groups, Stretch, grouped
from wallflower.speakers.hindsight.naming import Name, named
from wallflower.speakers.hindsight.partitions import Array
from wallflower.speakers.hindsight.reprinting import reprinted
from wallflower.speakers.odds.calibration import Calibration
from wallflower.speakers.odds.verification import enrolled
from wallflower.speakers.online.decision import SURE

FOUND_S: Final = 2.0
"""A new voice is founded on at least so much speech."""


def second_look(
    lines: Sequence[HeardLine], voices: Sequence[Voice], calibration: Calibration
) -> Revision:
    """What `lines` should be called, knowing `voices`: those with prints, oldest first.

    All prints are of the encoder that `calibration` belongs to. Looking again at what a revision
    made of the lines finds nothing more to change.
    """
    seen = [
        line
        for line in sorted(lines, key=lambda line: line.start)
        # That a person said "nobody we know" tells nothing about the others.
        if not line.prints.overlapped.all() and not (line.confirmed and line.voice_id is None)
    ]
    look = _Look(seen, voices, calibration)
    by_stream: dict[str, list[HeardLine]] = {}
    for line in seen:
        by_stream.setdefault(line.stream_id, []).append(line)
    # Where most is said, people are known best: others are compared with what was found there.
    for of_stream in sorted(by_stream.values(), key=_speech_s, reverse=True):
        look.take(of_stream)
    return look.revision()


class _Look:
    def __init__(
        self, lines: Sequence[HeardLine], voices: Sequence[Voice], calibration: Calibration
    ) -> None:
        self._calibration = calibration
        self._kept = {voice.id: voice.prints for voice in voices}
        # What a voice learnt from the lines in view would only confirm what they are called.
        self._voices = {
            voice.id: replace(voice, prints=reprinted(voice.prints, _of(voice.id, lines), ()))
            for voice in voices
        }
        self._called: list[tuple[HeardLine, Reassigned | None]] = []
        """Every line, and what it is taken for; None: for nobody that can be told."""
        self._names: list[Name] = []

    def take(self, lines: Sequence[HeardLine]) -> None:
        """Look at the lines of one stream."""
        stretches = [
            Stretch(line.prints, line.voice_id if line.confirmed and line.voice_id else -1)
            for line in lines
        ]
        groups = grouped(stretches, self._calibration)
        contrast_db = float(np.median([line.prints.contrast_db for line in lines]))
        called_s = self._called_s(lines, groups)
        voices = list(self._voices.values())
        found = named(groups, called_s, voices, self._calibration, contrast_db)
        names = [self._known(name, groups, at, lines) for at, name in enumerate(found)]
        self._names += names
        mostly = _mostly(called_s, groups, voices)
        for line, chances in zip(lines, groups.chances, strict=True):
            group, to = _taken_for(line, chances, names)
            if to and line.voice_id != mostly[group] and self._contradicts(line, to.voice):
                to = None
            self._called.append((line, to))

    def revision(self) -> Revision:
        """What differs from what the lines are called now."""
        heirs = self._heirs()
        after = [
            (line, to if to is None else replace(to, voice=heirs.get(to.voice, to.voice)))
            for line, to in self._called
        ]
        changed = [(line, to) for line, to in after if to and to.voice != line.voice_id]
        touched = {to.voice for _, to in changed} | {line.voice_id for line, _ in changed}
        prints = {
            voice: self._prints(voice, after, heirs)
            for voice in sorted(v for v in touched if v is not None and v not in heirs)
        }
        return Revision(
            # What a merge moves anyway needs no word of its own.
            tuple(to for line, to in changed if heirs.get(line.voice_id or 0) != to.voice),
            heirs,
            {voice: learnt for voice, learnt in prints.items() if learnt},
        )

    def _contradicts(self, line: HeardLine, voice: int) -> bool:
        """Whether the line alone sounds more like what it is called than like `voice`.

        In noise two people may end up in one group, of which one is known from elsewhere.
        """
        candidates = [self._voices.get(number or 0) for number in (line.voice_id, voice)]
        known = [each for each in candidates if each is not None and each.prints]
        if line.voice_id == voice or len(known) < 2:
            return False
        called, found = self._calibration.log_odds(
            line.prints.mean()[0][None],
            np.array([line.prints.speech_s]),
            [enrolled(self._calibration, each) for each in known],
            line.prints.contrast_db,
        )[0]
        return bool(called > found)

    def _called_s(self, lines: Sequence[HeardLine], groups: Groups) -> Array:
        column = {voice: number for number, voice in enumerate(self._voices)}
        seconds = np.zeros((len(groups.means), len(column)))
        for line, chances in zip(lines, groups.chances, strict=True):
            if line.voice_id in column:
                seconds[:, column[line.voice_id]] += np.diff(line.prints.edges_s) @ chances
        return seconds

    def _known(self, name: Name, groups: Groups, group: int, lines: Sequence[HeardLine]) -> Name:
        """`name`, or a new voice for a group that nobody fits; known to later streams."""
        speech_s = float(groups.speech_s[group])
        learnt = RoomPrint(lines[0].stream_id, groups.means[group], speech_s, lines[-1].end)
        if name.voice is not None:
            if name.voice in self._voices:
                self._voices[name.voice] = self._voices[name.voice].sounding(learnt)
            return name
        if speech_s < FOUND_S:
            return name
        new = min([0, *self._voices]) - 1
        first, encoder = lines[0].start, lines[0].prints.encoder
        self._voices[new] = Voice(new, "", False, encoder, (learnt,), first, learnt.last_heard)
        return Name(new, SURE)

    def _heirs(self) -> dict[int, int]:
        """Voices that are part of another one, and of which: only those that no group is."""
        still = {name.voice for name in self._names}
        return {
            name.instead_of: name.voice
            for name in self._names
            if name.instead_of is not None
            and name.instead_of >= 0
            and name.voice is not None
            and name.instead_of not in still
        }

    def _prints(
        self,
        voice_id: int,
        after: Sequence[tuple[HeardLine, Reassigned | None]],
        heirs: dict[int, int],
    ) -> tuple[RoomPrint, ...]:
        joined = {voice_id, *(gone for gone, heir in heirs.items() if heir == voice_id)}
        mine = [line for line, to in after if (to.voice if to else line.voice_id) in joined]
        before = _of(voice_id, [line for line, _ in after])
        return reprinted(self._kept.get(voice_id, ()), before, mine)


def _of(voice_id: int, lines: Sequence[HeardLine]) -> list[HeardLine]:
    return [line for line in lines if line.voice_id == voice_id]


def _mostly(called_s: Array, groups: Groups, voices: Sequence[Voice]) -> list[int | None]:
    """The voice that at least half of each group is called."""
    found: list[int | None] = []
    for seconds, speech_s in zip(called_s, groups.speech_s, strict=True):
        most = int(seconds.argmax()) if len(seconds) else -1
        found.append(voices[most].id if most >= 0 and seconds[most] >= speech_s / 2 else None)
    return found


def _taken_for(
    line: HeardLine, chances: Array, names: Sequence[Name]
) -> tuple[int, Reassigned | None]:
    """The group of a line, and what that makes of it."""
    shares_s = np.diff(line.prints.edges_s)
    chance = shares_s @ chances / shares_s.sum()
    best = int(chance.argmax())
    voice = names[best].voice
    if line.confirmed or voice is None:
        return best, None
    confidence = float(chance[best]) * names[best].chance
    return best, Reassigned(line.id, voice, confidence, sure=confidence >= SURE)


def _speech_s(lines: Sequence[HeardLine]) -> float:
    return sum(line.prints.speech_s for line in lines)
