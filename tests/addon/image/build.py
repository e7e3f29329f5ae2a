"""Replays the stages of a Dockerfile in folders; a stage that did not change is kept."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from docker.utils.build import exclude_paths

from tests.addon.image.dockerfile import Copy, Run, Stage
from tests.addon.image.machine import BUILD_SHELL, call, chroot, debootstrap

BASE_ENVIRONMENT: Final = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
}
"""What of the base image's environment matters here."""
BASE_PACKAGES: Final = (
    *("bash", "ca-certificates", "curl", "jq", "tzdata", "xz-utils"),  # as in the base image
    *("execline", "s6"),  # in the place of s6-overlay, which Debian does not have
)

Say = Callable[[str], None]


def build(stages: Sequence[Stage], context: Path, cache: Path, say: Say) -> Path:
    """The root folder of the last stage. `context` is what COPY copies from."""
    files = context_files(context)
    roots: dict[str | None, tuple[Path, str]] = {}
    for number, stage in enumerate(stages, 1):
        name = stage.name or "final"
        base, base_digest = base_image(stage.base, cache, say)
        copied = [digest for _root, digest in roots.values()]
        digest = digest_of(base_digest, repr(stage.steps), *copied, contents(stage, context, files))
        root = cache / name
        say(f"stage {number} of {len(stages)}, {name}")
        if not stamped(root, digest):
            clone(base, root)
            for step in stage.steps:
                replay(step, root, context, files, {key: at for key, (at, _) in roots.items()}, say)
            stamp(root, digest)
        roots[stage.name] = (root, digest)
    return root


def base_image(name: str, cache: Path, say: Say) -> tuple[Path, str]:
    """A Debian like the image `name`, whose tag is the suite; and its digest."""
    _, _, suite = name.rpartition(":")
    root, digest = cache / f"base-{suite}", digest_of(suite, *BASE_PACKAGES)
    if not stamped(root, digest):
        say(f"base: debootstrap {suite}")
        shutil.rmtree(root, ignore_errors=True)
        debootstrap(suite, BASE_PACKAGES, root)
        stamp(root, digest)
    return root, digest


def replay(
    step: Run | Copy,
    root: Path,
    context: Path,
    files: Sequence[str],
    stages: dict[str | None, Path],
    say: Say,
) -> None:
    started = time.monotonic()
    if isinstance(step, Run):
        (root / step.folder.relative_to("/")).mkdir(parents=True, exist_ok=True)
        chroot(root, (*BUILD_SHELL, step.command), step.environment, str(step.folder))
        said = " ".join(step.command.split())
        say(f"  RUN {said[:64]} … {time.monotonic() - started:.0f} s")
        return
    for source in step.sources:
        say(f"  COPY {source} {step.target}")
        if step.stage is None:
            copy_context(source, step, context, files, root)
        else:
            copy_folder(stages[step.stage] / source.lstrip("/"), root / place(step.target))


def copy_context(source: str, step: Copy, context: Path, files: Sequence[str], root: Path) -> None:
    """Copy one source of a COPY, as far as .dockerignore lets the context have it."""
    chosen = below(source, files)
    if not chosen:
        raise FileNotFoundError(f"COPY {source}: .dockerignore leaves nothing of it.")
    for file in chosen:
        if (context / source).is_dir():
            target = step.target / PurePosixPath(file).relative_to(source)
        else:
            target = step.target / file if step.into else step.target
        at = root / place(target)
        at.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(context / file, at)


def copy_folder(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    call("cp", "-a", "--reflink=auto", f"{source}/.", str(target))


def clone(base: Path, root: Path) -> None:
    shutil.rmtree(root, ignore_errors=True)
    copy_folder(base, root)
    stamp_of(root).unlink(missing_ok=True)


def context_files(context: Path) -> list[str]:
    """The files that the build may see."""
    lines = (context / ".dockerignore").read_text(encoding="utf-8").splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    seen = exclude_paths(str(context), patterns)
    return sorted(path for path in seen if (context / path).is_file())


def below(source: str, files: Sequence[str]) -> list[str]:
    """The files that `source` is or holds."""
    return [file for file in files if PurePosixPath(file).is_relative_to(source)]


def contents(stage: Stage, context: Path, files: Sequence[str]) -> str:
    """Changes with every file that the stage copies from the context."""
    copies = [step for step in stage.steps if isinstance(step, Copy) and step.stage is None]
    chosen = [file for step in copies for source in step.sources for file in below(source, files)]
    return digest_of(*(f"{f} {hash_file(context / f)}" for f in chosen))


def hash_file(path: Path) -> str:
    return f"{path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def digest_of(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def place(path: PurePosixPath) -> PurePosixPath:
    """`path` of the image, from the root folder on."""
    return path.relative_to("/")


def stamp_of(root: Path) -> Path:
    return root.with_name(f"{root.name}.stamp")


def stamp(root: Path, digest: str) -> None:
    stamp_of(root).write_text(digest, encoding="ascii")


def stamped(root: Path, digest: str) -> bool:
    file = stamp_of(root)
    return file.is_file() and file.read_text(encoding="ascii") == digest
