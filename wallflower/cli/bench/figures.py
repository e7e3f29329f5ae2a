"""Figures and the bars they are held against (pure)."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure."""

    what: str
    measured: str
    bar: str
    met: bool


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of `values` that at least `share` (0 to 1) of them do not exceed."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def as_table(figures: Sequence[Figure], notes: Sequence[str]) -> str:
    rows = [
        f"{'ok  ' if f.met else 'MISS'}  {f.what:<44} {f.measured:<28} {f.bar}" for f in figures
    ]
    return "\n".join([*rows, *(f"      {note}" for note in notes)])


def as_json(figures: Sequence[Figure], notes: Sequence[str]) -> str:
    return json.dumps({"figures": [asdict(f) for f in figures], "notes": list(notes)}, indent=1)
