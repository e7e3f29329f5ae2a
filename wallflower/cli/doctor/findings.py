"""What the doctor found, and how it is shown (pure)."""

from __future__ import annotations

import enum
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final


class Verdict(enum.StrEnum):
    OK = "ok"
    WARNING = "warning"
    """Works without it, but something is missing."""
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    check: str
    verdict: Verdict
    detail: str
    """What is there; or one sentence: what is wrong and what to do."""


MARKS: Final = {Verdict.OK: "ok  ", Verdict.WARNING: "note", Verdict.PROBLEM: "FAIL"}


COLOURS: Final = {Verdict.OK: 32, Verdict.WARNING: 33, Verdict.PROBLEM: 31}
"""ANSI foreground colours of the marks."""


def as_text(findings: Sequence[Finding], *, colour: bool = False) -> str:
    """A row for each finding, and how many of them need mending."""

    def mark(verdict: Verdict) -> str:
        text = MARKS[verdict]
        return f"\x1b[{COLOURS[verdict]}m{text}\x1b[0m" if colour else text

    rows = [f"{mark(f.verdict)}  {f.check:<12} {f.detail}" for f in findings]
    problems = sum(finding.verdict is Verdict.PROBLEM for finding in findings)
    if problems:
        rows.append(f"\n{problems} thing{'s' * (problems > 1)} to mend.")
    else:
        rows.append("\nAll is well.")
    return "\n".join(rows)


def as_json(findings: Sequence[Finding]) -> str:
    """An object whose `findings` have `check`, `verdict` and `detail`."""
    return json.dumps({"findings": [asdict(finding) for finding in findings]}, indent=1)
