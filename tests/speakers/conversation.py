"""Conversations of made-up people, as the store hands their lines out."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from tests.speakers.prints import heard, stretch, voice
from wallflower.domain.times import WallTime
from wallflower.domain.voices import HeardLine, Revision, RoomPrint, Voice
from wallflower.speakers.odds.calibration import unit

NOON = WallTime.from_iso("2026-03-01T12:00:00Z")


def line(
    number: int,
    person: int,
    called: int | None,
    *,
    stream: str = "hall",
    windows: int = 5,
    confirmed: bool = False,
) -> HeardLine:
    """Line `number` of a talk, truly of `person`, 0.8 s per window."""
    start = NOON.plus(6.0 * number)
    prints = stretch(heard(voice(person), windows, seed=number))
    end = start.plus(0.8 * windows)
    return HeardLine(number, stream, start, end, called, confirmed, prints)


def voices_of(lines: Sequence[HeardLine], named: dict[int, str] | None = None) -> list[Voice]:
    """The voices as they would have been learnt from what the lines are called."""
    called = sorted({line.voice_id for line in lines if line.voice_id is not None})
    return [_voice(number, lines, (named or {}).get(number)) for number in called]


def _voice(number: int, lines: Sequence[HeardLine], name: str | None) -> Voice:
    mine = [line for line in lines if line.voice_id == number]
    prints = []
    for stream in sorted({line.stream_id for line in mine}):
        here = [line.prints for line in mine if line.stream_id == stream]
        mean = unit(np.concatenate([each.windows for each in here]).mean(axis=0))
        prints.append(RoomPrint(stream, mean, sum(each.speech_s for each in here), NOON))
    known = name is not None
    return Voice(number, name or f"Voice {number}", known, "test", tuple(prints), NOON, NOON)


def revised(
    lines: Sequence[HeardLine], voices: Sequence[Voice], revision: Revision
) -> tuple[list[HeardLine], list[Voice]]:
    """Both after `revision`, as the store would have them; new voices get ids from 101 on."""
    called = {change.line_id: _id(change.voice) for change in revision.lines}
    after = []
    for line in lines:
        heir = revision.merged.get(line.voice_id or 0, line.voice_id)
        after.append(dataclasses.replace(line, voice_id=called.get(line.id, heir)))
    still = {line.voice_id for line in after}
    kept = {voice.id: voice for voice in voices if voice.known or voice.id in still}
    for number, prints in revision.prints.items():
        of = kept.get(_id(number)) or Voice(_id(number), "", False, "test", (), NOON, NOON)
        kept[of.id] = dataclasses.replace(of, prints=prints)
    return after, [kept[number] for number in sorted(kept)]


def _id(number: int) -> int:
    return number if number >= 0 else 100 - number
