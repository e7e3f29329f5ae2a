"""Replays the stages of a Dockerfile, a layer for each step; what did not change is kept."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from docker.utils.build import exclude_paths

from tests.addon.image.dockerfile import Copy, Run, Stage
from tests.addon.image.machine import BUILD_SHELL, Layers, chroot, copy_out, debootstrap

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


@dataclass(slots=True)
class Builder:
    """Makes the stages of a Dockerfile. `context` is what COPY copies from."""

    context: Path
    cache: Path
    say: Say
    _made: dict[str | None, Layers] = field(default_factory=dict)
    """The stages so far, by name."""

    def build(self, stages: Sequence[Stage]) -> Layers:
        """The layers of the last stage, lowest first. Layers no stage has any more are deleted."""
        for number, stage in enumerate(stages, 1):
            self.say(f"stage {number} of {len(stages)}, {stage.name or 'final'}")
            layers: Layers = (self._base(stage.base),)
            for step in stage.steps:
                layers = (*layers, self._layer(step, layers))
            self._made[stage.name] = layers
        used = {layer for layers in self._made.values() for layer in layers}
        for layer in set(self.cache.iterdir()) - used:
            shutil.rmtree(layer)
        return layers

    def _base(self, image: str) -> Path:
        """A Debian like `image`, whose tag is the suite."""
        _, _, suite = image.rpartition(":")

        def make(folder: Path) -> None:
            debootstrap(suite, BASE_PACKAGES, folder)

        return self._kept(f"debootstrap {suite}", digest_of(suite, *BASE_PACKAGES), make)

    def _layer(self, step: Run | Copy, below: Layers) -> Path:
        """What `step` adds to the layers `below`."""
        digest = digest_of(below[-1].name, repr(step))
        if isinstance(step, Run):

            def make(folder: Path) -> None:
                at = folder / place(step.folder)
                at.mkdir(parents=True, exist_ok=True)
                argv = (*BUILD_SHELL, step.command)
                chroot(below, folder, argv, step.environment, str(step.folder))

            return self._kept(f"RUN {' '.join(step.command.split())[:64]} …", digest, make)
        what = f"COPY {' '.join(step.sources)} {step.target}"
        if step.stage is not None:
            stage = self._made[step.stage]
            digest = digest_of(digest, stage[-1].name)
            return self._kept(what, digest, lambda folder: self._from_stage(step, stage, folder))
        files = self._files(step)
        digest = digest_of(digest, *(f"{file} {hash_file(self.context / file)}" for file in files))
        return self._kept(what, digest, lambda folder: self._from_context(step, files, folder))

    def _kept(self, what: str, digest: str, make: Callable[[Path], None]) -> Path:
        """The layer of that digest, made unless it is there."""
        layer = self.cache / digest
        if layer.is_dir():
            self.say(f"  kept: {what}")
            return layer
        started = time.monotonic()
        begun = self.cache / "begun"
        shutil.rmtree(begun, ignore_errors=True)
        (begun / "layer").mkdir(parents=True)
        make(begun / "layer")
        (begun / "layer").rename(layer)
        begun.rmdir()
        self.say(f"  made: {what} ({time.monotonic() - started:.0f} s)")
        return layer

    def _files(self, step: Copy) -> list[str]:
        """The files of the context that `step` copies."""
        seen = context_files(self.context)
        chosen = []
        for source in step.sources:
            below = [file for file in seen if PurePosixPath(file).is_relative_to(source)]
            if not below:
                raise FileNotFoundError(f"COPY {source}: .dockerignore leaves nothing of it.")
            chosen += below
        return chosen

    def _from_context(self, step: Copy, files: Sequence[str], layer: Path) -> None:
        folders = [source for source in step.sources if (self.context / source).is_dir()]
        for file in files:
            inside = next((f for f in folders if PurePosixPath(file).is_relative_to(f)), None)
            if inside is not None:
                target = step.target / PurePosixPath(file).relative_to(inside)
            else:
                target = step.target / file if step.into else step.target
            at = layer / place(target)
            at.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.context / file, at)

    def _from_stage(self, step: Copy, stage: Layers, layer: Path) -> None:
        target = layer / place(step.target)
        target.mkdir(parents=True)
        for source in step.sources:
            copy_out(stage, source, target)


def context_files(context: Path) -> list[str]:
    """The files that the build may see."""
    lines = (context / ".dockerignore").read_text(encoding="utf-8").splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    seen = exclude_paths(str(context), patterns)
    return sorted(path for path in seen if (context / path).is_file())


def hash_file(path: Path) -> str:
    return f"{path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def digest_of(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def place(path: PurePosixPath) -> PurePosixPath:
    """`path` of the image, from the root folder on."""
    return path.relative_to("/")
