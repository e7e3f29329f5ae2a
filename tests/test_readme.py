"""What README.md tells people to type is there."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from wallflower.cli.arguments import COMMANDS, _parser

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TYPED = [
    line.split("#")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]
QUOTED = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", README, flags=re.DOTALL))
SHOWN = sorted({*TYPED, *QUOTED})


def test_begins_with_the_demo_and_the_tests() -> None:
    assert TYPED[:2] == ["script/demo", "script/test"]


@pytest.mark.parametrize("command", [c for c in SHOWN if c.startswith("script/")])
def test_scripts_can_be_run(command: str) -> None:
    program, *args = shlex.split(command)
    assert os.access(ROOT / program, os.X_OK)
    if program == "script/demo":
        assert _parser().parse_args(["demo", *args]).command == "demo"


@pytest.mark.parametrize("command", [c for c in SHOWN if re.match(r"(\S+/)?wallflower ", c)])
def test_commands_are_understood(command: str) -> None:
    _, *args = shlex.split(command)
    if args == ["export-encoder"]:
        args.append("folder")  # the table names the command without it
    assert _parser().parse_args(args).command in COMMANDS


def test_every_command_is_in_the_table() -> None:
    assert [name for name in COMMANDS if f"| `wallflower {name}" not in README] == []
