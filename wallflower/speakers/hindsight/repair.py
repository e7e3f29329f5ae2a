"""A voice's prints made anew from its lines, after people said whose they are. Pure numpy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from wallflower.domain.voices import HeardLine, RoomPrint
from wallflower.speakers.odds.calibration import unit

ENOUGH_S: Final = 8.0
"""Seconds of lines on a stream that a print rests on alone; with less, what the voice was known
by there fills up."""
CONFIRMED: Final = 2.0
"""How much more a line counts that a person said is this voice's."""
CLEAR_DB: Final = 20.0
"""Contrast from which speech counts in full; in a noisy room as little as `LEAST_CLEAR`."""
LEAST_CLEAR: Final = 0.3


def prints_of(lines: Sequence[HeardLine], kept: Sequence[RoomPrint]) -> tuple[RoomPrint, ...]:
    """What a voice sounds like on each stream, out of its lines and of the prints it had.

    Lines count by their length, by how clear they are, and `CONFIRMED` times if a person said
    whose they are; windows in which two people talk do not count. `kept` may hold several prints
    of one stream (of voices that were merged). At most one print per stream comes back, in the
    order of their names; all must be of one encoder.
    """
    said: defaultdict[str, list[HeardLine]] = defaultdict(list)
    for line in lines:
        if not line.prints.overlapped.all():
            said[line.stream_id].append(line)
    known: defaultdict[str, list[RoomPrint]] = defaultdict(list)
    for print_ in kept:
        known[print_.stream_id].append(print_)
    return tuple(_print(name, said[name], known[name]) for name in sorted({*said, *known}))


def _print(stream_id: str, lines: Sequence[HeardLine], known: Sequence[RoomPrint]) -> RoomPrint:
    heard_s = sum(_clear_s(line) for line in lines)
    known_s = sum(each.speech_s for each in known)
    counted_s = min(known_s, max(0.0, ENOUGH_S - heard_s)) if lines else known_s
    vectors = [line.prints.mean()[0] for line in lines] + [each.embedding for each in known]
    weights = [_clear_s(line) * (CONFIRMED if line.confirmed else 1.0) for line in lines]
    scale = counted_s / known_s if known_s else 1.0
    weights += [each.speech_s * scale if known_s else 1.0 for each in known]
    last_heard = max([line.end for line in lines] + [each.last_heard for each in known])
    mean = np.average(np.stack(vectors), axis=0, weights=weights).astype(np.float32)
    return RoomPrint(stream_id, unit(mean), heard_s + counted_s, last_heard)


def _clear_s(line: HeardLine) -> float:
    """Seconds of one voice, less where the room is loud; above 0."""
    clear = float(np.clip(line.prints.contrast_db / CLEAR_DB, LEAST_CLEAR, 1.0))
    return max(line.prints.speech_s, 0.01) * clear
