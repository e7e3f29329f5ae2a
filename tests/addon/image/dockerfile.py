"""A Dockerfile as a list of steps with everything filled in. Pure.

Knows what ours uses: FROM, ARG, ENV, RUN, COPY, WORKDIR, HEALTHCHECK and LABEL. Anything else is
an error, so that nothing is left out unseen.
"""

from __future__ import annotations

import io
import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from string import Template
from typing import Final

from dockerfile_parse import DockerfileParser

TOP: Final = PurePosixPath("/")


@dataclass(frozen=True, slots=True)
class Run:
    """A shell command, with the environment and the folder it runs in."""

    command: str
    environment: Mapping[str, str]
    folder: PurePosixPath


@dataclass(frozen=True, slots=True)
class Copy:
    """Files of the context, or of another stage, into this one."""

    sources: tuple[str, ...]
    target: PurePosixPath
    into: bool
    """The target is a folder that the sources go into."""
    stage: str | None


@dataclass(slots=True)
class Stage:
    """One FROM and what follows it."""

    base: str
    name: str | None
    environment: dict[str, str]
    steps: list[Run | Copy] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    healthcheck: list[str] | None = None
    """The command's argv."""
    _folder: PurePosixPath = TOP
    _arguments: dict[str, str] = field(default_factory=dict)

    def add(self, instruction: str, value: str, given: Mapping[str, str]) -> None:
        """The next instruction of the file; `given` are the build arguments."""
        known = {**self._arguments, **self.environment}
        match instruction:
            case "ARG":
                self._arguments |= argument(value, given)
            case "ENV":
                self.environment |= pairs(value, known)
            case "LABEL":
                self.labels |= pairs(value, known)
            case "WORKDIR":
                self._folder /= value
            case "RUN":
                self.steps.append(Run(value, known, self._folder))
            case "COPY":
                self.steps.append(self._copy(value))
            case "HEALTHCHECK":
                _, _, command = value.partition("CMD ")
                self.healthcheck = json.loads(command)
            case _:
                raise NotImplementedError(f"script/check-image does not know {instruction} yet.")

    def _copy(self, value: str) -> Copy:
        words = shlex.split(value)
        options = [word for word in words if word.startswith("--")]
        *sources, target = [word for word in words if not word.startswith("--")]
        stage = None
        for option in options:
            name, _, stage = option.partition("=")
            if name != "--from":
                raise NotImplementedError(f"script/check-image does not know COPY {name} yet.")
        return Copy(
            tuple(sources),
            self._folder / target,
            into=target.endswith("/") or len(sources) > 1,
            stage=stage,
        )


def stages(text: str, base: Mapping[str, str], given: Mapping[str, str]) -> list[Stage]:
    """The stages of a Dockerfile.

    `base` is the environment that the base image brings, `given` the build arguments (they go
    before the defaults in the file).
    """
    found: list[Stage] = []
    names: dict[str, str] = {}
    for part in DockerfileParser(fileobj=io.StringIO(text)).structure:
        instruction, value = part["instruction"], part["value"]
        if instruction == "COMMENT":
            continue
        if instruction == "FROM":
            image, _, name = re.sub(r"(?i)\s+as\s+", " AS ", value).partition(" AS ")
            found.append(Stage(fill(image, names), name or None, dict(base)))
        elif not found:
            names |= argument(value, given)
        else:
            found[-1].add(instruction, value, given)
    return found


def argument(value: str, given: Mapping[str, str]) -> dict[str, str]:
    """`NAME=default` or `NAME`, as it is after `given` had its say."""
    name, _, default = value.partition("=")
    return {name: given.get(name, default)}


def pairs(value: str, known: Mapping[str, str]) -> dict[str, str]:
    """The names and values of an ENV or a LABEL."""
    return dict(word.split("=", 1) for word in shlex.split(fill(value, known)))


def fill(text: str, known: Mapping[str, str]) -> str:
    """`text` with `$NAME` and `${NAME}` filled in. Raises `KeyError` for a name nobody set."""
    return Template(text).substitute(known)
