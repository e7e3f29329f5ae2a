"""Run every check and show what was found."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

from wallflower.cli.doctor.checks import CHECKS, Patient
from wallflower.cli.doctor.findings import Finding, Verdict, as_json, as_text
from wallflower.cli.exits import DONE, FAILED
from wallflower.cli.log import set_up_log
from wallflower.cli.place import data_folder
from wallflower.domain.errors import WallflowerError
from wallflower.homeassistant import Supervisor
from wallflower.settings import load_settings


def command(options: argparse.Namespace) -> int:
    settings = load_settings(options.config)
    set_up_log("error")
    supervisor = Supervisor.found(os.environ)
    patient = Patient(settings, data_folder(options.data, settings), supervisor=supervisor)
    findings = asyncio.run(_examine(patient))
    print(as_json(findings) if options.json else as_text(findings, colour=sys.stdout.isatty()))
    return FAILED if any(f.verdict is Verdict.PROBLEM for f in findings) else DONE


async def _examine(patient: Patient) -> list[Finding]:
    findings: list[Finding] = []
    for name, check in CHECKS.items():
        try:
            findings += await check(patient)
        except WallflowerError as error:
            findings.append(Finding(name, Verdict.PROBLEM, str(error)))
    return findings
