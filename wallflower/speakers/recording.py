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
from wallflower.speakers.calibration import Calibration
from wallflower.speakers.decision import SURE
from wallflower.speakers.grouping import Groups, Stretch, grouped
from wallflower.speakers.naming import Name, named
from wallflower.speakers.partitions import Array, Labels

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
        for at, met in zip(block, people.meet([heard[at] for at in block]), strict=True):
            again[at] = met
    return again


def _blocks(heard: Sequence[VoicesHeard]) -> Iterator[list[int]]:
    """The numbers of utterances with a window of one voice, in blocks."""
    block: list[int] = []
    windows = 0
    for at, each in enumerate(heard):
        if each.prints is None or each.prints.overlapped.all():
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

    def meet(self, heard: Sequence[VoicesHeard]) -> list[VoicesHeard]:
        """Utterances that belong together, all with prints, and with their turns as found now."""
        stretches = [
            Stretch(each.prints, _called(each.prints, each.turns)) for each in heard if each.prints
        ]
        prints = [stretch.prints for stretch in stretches]
        groups = grouped(stretches, self._calibration)
        voices = list(self._voices.values())
        contrast_db = float(np.median([each.contrast_db for each in prints]))
        nobody = np.zeros((len(groups.means), len(voices)))
        names = named(groups, nobody, voices, self._calibration, contrast_db)
        best = np.concatenate(groups.chances).argmax(axis=1)
        found, firsts = np.unique(best, return_index=True)
        refs = {
            group: self._ref(groups, group, names[group], prints[0].encoder)
            for group in found[np.argsort(firsts)].tolist()
        }
        return [
            VoicesHeard(_turns(each, chances, refs), each)
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


def _called(prints: Prints, turns: Sequence[Turn]) -> Labels:
    """The voice of the turn that the middle of each window lies in."""
    called = np.full(len(prints.windows), -1, dtype=np.int64)
    middles_s = (prints.edges_s[1:] + prints.edges_s[:-1]) / 2
    for turn in turns:
        called[(middles_s >= turn.start_s) & (middles_s < turn.end_s)] = turn.speaker.id
    return called


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
