"""CPU time and memory of processes, as Linux counts them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Use:
    """What a group of processes used up to now."""

    cpu_s: float
    rss_mb: float
    pss_mb: float
    """Like RSS, but memory shared between processes is divided among them."""


def use(pid: int) -> Use:
    """The use of process `pid` alone; zero when it is gone."""
    folder = Path("/proc") / str(pid)
    try:
        # The name in parentheses may hold spaces; fields count from behind it.
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        rollup = (folder / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return Use(0.0, 0.0, 0.0)
    kilobytes = {row.split(":")[0]: int(row.split()[1]) for row in rollup[1:]}
    ticks = int(fields[11]) + int(fields[12])
    return Use(ticks / TICKS_PER_S, kilobytes["Rss"] / 1024, kilobytes["Pss"] / 1024)


def children(pid: int) -> list[int]:
    """Direct children of `pid` (one FFmpeg per stream)."""
    found: list[int] = []
    for task in (Path("/proc") / str(pid) / "task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return found
