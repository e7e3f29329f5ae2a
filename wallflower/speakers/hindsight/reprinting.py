"""A voice's prints after a second look gave it lines and took others away. Pure numpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from wallflower.domain.prints import Embedding
from wallflower.domain.times import WallTime
from wallflower.domain.voices import HeardLine, RoomPrint
from wallflower.speakers.odds.calibration import unit

LEAST_S: Final = 0.5
"""What a print rests on beyond the lines in view counts from so many seconds on."""


def reprinted(
    kept: Sequence[RoomPrint], before: Sequence[HeardLine], after: Sequence[HeardLine]
) -> tuple[RoomPrint, ...]:
    """One print per stream, made of the voice's lines in view and of what was learnt earlier.

    `kept` are its prints so far, `before` and `after` its lines in view until now and from now
    on. What a print rests on beyond the lines `before` is kept at its weight. Prints that came
    from clips and profiles (no stream) stay. Nothing may come back.
    """
    known = {print_.stream_id: print_ for print_ in kept}
    streams = sorted({*known, *(line.stream_id for line in after)})
    found = (_print(name, known.get(name), _on(name, before), _on(name, after)) for name in streams)
    return tuple(print_ for print_ in found if print_ is not None)


def _on(stream_id: str, lines: Sequence[HeardLine]) -> list[HeardLine]:
    return [line for line in lines if line.stream_id == stream_id]


def _print(
    stream_id: str,
    known: RoomPrint | None,
    before: Sequence[HeardLine],
    after: Sequence[HeardLine],
) -> RoomPrint | None:
    if known is not None and (not stream_id or (not before and not after)):
        return known
    older_s = known.speech_s - _speech_s(before) if known else 0.0
    now_s = _speech_s(after)
    if known is None or older_s < LEAST_S:
        return RoomPrint(stream_id, _mean(after), now_s, _last(after)) if after else None
    if not after:
        return RoomPrint(stream_id, known.embedding, older_s, known.last_heard)
    mixed = known.embedding * np.float32(older_s) + _mean(after) * np.float32(now_s)
    last_heard = max(known.last_heard, _last(after))
    return RoomPrint(stream_id, unit(mixed), older_s + now_s, last_heard)


def _last(lines: Sequence[HeardLine]) -> WallTime:
    return max(line.end for line in lines)


def _speech_s(lines: Sequence[HeardLine]) -> float:
    return sum(line.prints.speech_s for line in lines)


def _mean(lines: Sequence[HeardLine]) -> Embedding:
    sums = [line.prints.mean()[0] * np.float32(line.prints.speech_s) for line in lines]
    return unit(np.sum(sums, axis=0, dtype=np.float32))
