"""Each line gets its part of what the utterance sounded like. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wallflower.domain.prints import Prints
from wallflower.domain.speech import Line, Utterance


def with_prints(
    lines: Iterable[Line], utterance: Utterance, prints: Prints | None
) -> tuple[Line, ...]:
    """`lines` of `utterance` with their part of its `prints`, counted from each line's start."""
    if prints is None:
        return tuple(lines)
    return tuple(
        replace(
            line,
            prints=prints.between(
                line.start.seconds_since(utterance.start), line.end.seconds_since(utterance.start)
            ),
        )
        for line in lines
    )
