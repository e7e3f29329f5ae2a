"""A whole recording looked at again: who speaks when, window by window. Pure numpy.

Unlike the second look at stored lines (`second_look.py`) nothing was told yet, so turns may change
where they begin and end, and voices get their numbers anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Final

import numpy as np

from wallflower.domain.prints import Prints
from wallflower.domain.speech import SpeakerRef, Turn, VoicesHeard
from wallflower.domain.times import WallTime
from wallflower.domain.voices import RoomPrint, Voice
from wallflower.speakers.hindsight.grouping import Groups, Stretch, grouped
from wallflower.speakers.hindsight.naming import Name, named
from wallflower.speakers.hindsight.partitions import Array
from wallflower.speakers.odds.calibration import Calibration
from wallflower.speakers.online.decision import SURE

BLOCK_WINDOWS: Final = 700
"""So many windows are looked at together, about ten minutes of speech: the cost grows with their
square. What was found is known to later blocks."""
_NEVER: Final = WallTime(0)


def look_again(
    heard: Sequence[VoicesHeard], known: Sequence[Voice], calibration: Calibration
) -> list[VoicesHeard]:
    """`heard`, utterance by utterance in the order of one recording, with better turns.

    `known` are voices with prints of the encoder that `calibration` belongs to; others are called
    `Voice N`, counted from the last of these. Utterances without prints stay as they are.
    """
    again = list(heard)
    people = _People(known, calibration)
    for block in _blocks(heard):
        prints = [heard[at].prints for at in block]
        refs = people.meet([each for each in prints if each is not None])
        for at, (turns, print_) in zip(block, refs, strict=True):
            again[at] = VoicesHeard(turns, print_)
    return again


def _blocks(heard: Sequence[VoicesHeard]) -> Iterator[list[int]]:
    """The numbers of utterances with prints, in blocks."""
    block: list[int] = []
    windows = 0
    for at, each in enumerate(heard):
        if each.prints is None:
            continue
        if windows + len(each.prints.windows) > BLOCK_WINDOWS and block:
            yield block
            block, windows = [], 0
        block.append(at)
        windows += len(each.prints.windows)
    if block:
        yield block


class _People:
    def __init__(self, known: Sequence[Voice], calibration: Calibration) -> None:
        self._voices = {voice.id: voice for voice in known}
        self._calibration = calibration
        self._ids = count(max(self._voices, default=0) + 1)

    def meet(self, prints: Sequence[Prints]) -> list[tuple[tuple[Turn, ...], Prints]]:
        """The turns of utterances that belong together."""
        groups = grouped([Stretch(each) for each in prints], self._calibration)
        voices = list(self._voices.values())
        contrast_db = float(np.median([each.contrast_db for each in prints]))
        nobody = np.zeros((len(groups.means), len(voices)))
        names = named(groups, nobody, voices, self._calibration, contrast_db)
        first = np.unique(np.concatenate(groups.chances).argmax(axis=1), return_index=True)
        refs: dict[int, SpeakerRef] = {}
        for group in first[0][np.argsort(first[1])].tolist():
            refs[group] = self._ref(groups, group, names[group], prints[0].encoder)
        return [
            (_turns(each, chances, refs), each)
            for each, chances in zip(prints, groups.chances, strict=True)
        ]

    def _ref(self, groups: Groups, group: int, name: Name, encoder: str) -> SpeakerRef:
        learnt = RoomPrint("", groups.means[group], float(groups.speech_s[group]), _NEVER)
        if name.voice is not None:
            voice = self._voices[name.voice]
            self._voices[voice.id] = replace(voice, prints=(*voice.prints, learnt))
            return voice.ref(name.chance)
        new = next(self._ids)
        voice = Voice(new, f"Voice {new}", False, encoder, (learnt,), _NEVER, _NEVER)
        self._voices[new] = voice
        return voice.ref(1.0)


def _turns(prints: Prints, chances: Array, refs: dict[int, SpeakerRef]) -> tuple[Turn, ...]:
    """Windows of one voice in a row are a turn; its confidence is the mean of theirs."""
    best = chances.argmax(axis=1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    turns = []
    for first, end in zip(starts, [*starts[1:], len(best)], strict=True):
        ref = refs[int(best[first])]
        chance = ref.confidence * float(chances[first:end, best[first]].mean())
        speaker = replace(ref, confidence=chance, sure=chance >= SURE)
        turns.append(Turn(float(prints.edges_s[first]), float(prints.edges_s[end]), speaker))
    return tuple(turns)
