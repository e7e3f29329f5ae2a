"""From s6-rc's sources to a tree that s6 alone can run.

The image has s6-overlay with s6-rc; Debian has s6 without them. What of them our one service needs
is little: a folder per service, the container's environment, and `halt`.
Source: "The s6-rc-compile program" and s6-overlay's README, "Customizing s6-overlay".
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

OVERLAY: Final = {"base"}
"""Services of s6-overlay itself that ours may depend on."""
FILES: Final = {"run", "finish", "timeout-kill", "timeout-finish", "down-signal", "notification-fd"}
"""What of a longrun's source goes into the tree."""

WITH_CONTENV: Final = """#!/bin/sh
exec s6-envdir -fn -- /run/s6/container_environment "$@"
"""
HALT: Final = """#!/bin/sh
exec s6-svscanctl -t /run/service
"""
INIT: Final = """#!/bin/sh
# As s6-overlay's: the services see no environment unless they ask for it by with-contenv.
exec env -i PATH=/command:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \\
    s6-svscan /run/service
"""
FINISHED: Final = """#!/bin/sh
exit "$(cat /run/s6-linux-init-container-results/exitcode)"
"""


class WrongService(Exception):
    """s6-rc would refuse this source."""


def compile_services(source: Path, run: Path) -> list[str]:
    """Make `run`/service from the s6-rc sources in `source`; the names of the services.

    Raises `WrongService` where s6-rc-compile would refuse them.
    """
    names = sorted(path.name for path in (source / "user/contents.d").iterdir())
    for name in names:
        check(source / name, {*names, *OVERLAY})
        target = run / "service" / name
        target.mkdir(parents=True)
        for file in FILES & {path.name for path in (source / name).iterdir()}:
            shutil.copy(source / name / file, target / file)
    return names


def check(service: Path, known: set[str]) -> None:
    """Raise `WrongService` unless `service` is a longrun that s6-rc would take."""
    kind = service / "type"
    if not kind.is_file() or kind.read_text(encoding="utf-8").strip() != "longrun":
        raise WrongService(f"{service.name}/type is not `longrun`.")
    for file in ("run", "finish"):
        if not (service / file).is_file():
            raise WrongService(f"{service.name} has no {file}.")
    needed = {path.name for path in (service / "dependencies.d").iterdir()}
    if unknown := needed - known:
        raise WrongService(f"{service.name} depends on {', '.join(sorted(unknown))}.")


def furnish(run: Path, environment: dict[str, str]) -> None:
    """Put into `run` (the container's /run) what s6-overlay has there once it is up."""
    keep = run / "s6/container_environment"
    keep.mkdir(parents=True)
    for name, value in environment.items():
        (keep / name).write_text(value, encoding="utf-8")
    results = run / "s6-linux-init-container-results"
    results.mkdir()
    (results / "exitcode").write_text("0\n", encoding="utf-8")
    program(run / "s6/basedir/bin/halt", HALT)
    program(run / "service/.s6-svscan/finish", FINISHED)


def program(path: Path, text: str) -> None:
    """Write `text` to `path` as a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
