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


def as_text(findings: Sequence[Finding]) -> str:
    rows = [f"{MARKS[f.verdict]}  {f.check:<12} {f.detail}" for f in findings]
    problems = sum(finding.verdict is Verdict.PROBLEM for finding in findings)
    if problems:
        rows.append(f"\n{problems} thing{'s' * (problems > 1)} to mend.")
    else:
        rows.append("\nAll is well.")
    return "\n".join(rows)


def as_json(findings: Sequence[Finding]) -> str:
    return json.dumps({"findings": [asdict(finding) for finding in findings]}, indent=1)
