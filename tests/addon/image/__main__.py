"""Build the app's image by hand, start it, and look at it as Home Assistant does."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import yaml

from tests.addon.image.build import BASE_ENVIRONMENT, Builder
from tests.addon.image.dockerfile import stages
from tests.addon.image.machine import APP, SUPERVISOR, Container, Layers, until
from tests.addon.image.services import INIT, WITH_CONTENV, compile_services, furnish, program

ROOT: Final = Path(__file__).parents[3]
MANIFEST: Final = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
PREFIX: Final = "/api/hassio_ingress/a1b2c3"
PATIENCE_S: Final = 120
TOKEN: Final = "no token"
OURS: Final = {"init", "with-contenv"}
"""What stands in for s6-overlay."""
SERVICES: Final = "etc/s6-overlay/s6-rc.d"
NEEDED: Final = ("debootstrap", "unshare", "nsenter", "ip")

_STARTED: Final = time.monotonic()


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/check-image", description=__doc__)
    cache = Path("/var/tmp/wallflower-image")
    parser.add_argument("--cache", type=Path, default=cache, help=f"default: {cache}")
    options = parser.parse_args()
    if os.geteuid() != 0:
        parser.error("it makes machines in folders and has to run as root")
    if missing := [name for name in NEEDED if shutil.which(name) is None]:
        parser.error(f"install {', '.join(missing)} first")
    options.cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    given = {"BUILD_ARCH": "amd64", "BUILD_VERSION": MANIFEST["version"]}
    made = stages((ROOT / "Dockerfile").read_text(encoding="utf-8"), BASE_ENVIRONMENT, given)
    layers = Builder(ROOT, options.cache, say).build(made)
    assert made[-1].healthcheck is not None
    works(layers, made[-1].environment, made[-1].healthcheck)
    refuses_wrong_options(layers, made[-1].environment)
    say("the image is fine")
    return 0


def works(layers: Layers, environment: dict[str, str], healthcheck: list[str]) -> None:
    """Start, look at the panel as Home Assistant does, back up, stop."""
    with started(layers, environment, MANIFEST["options"]) as (container, scratch):
        check = expectations(scratch / "log")

        def succeeds(*argv: str) -> bool:
            return container.run(*argv, environment=environment).returncode == 0

        check(until(lambda: succeeds(*healthcheck), PATIENCE_S), "the health check passes")
        page = fetch(container, "/", SUPERVISOR)
        check(page.endswith(" 200") and "<title>Wallflower" in page, "the panel shows the page")
        script = re.search(r'src="\./(assets/[^"]+\.js)"', page)
        loads = script and fetch(container, f"/{script[1]}", SUPERVISOR).endswith(" 200")
        check(bool(loads), "and its script")
        check(fetch(container, "/", APP).endswith(" 403"), "nobody but Home Assistant is let in")
        ready = until(lambda: engine_ready(container), PATIENCE_S)
        check(ready, "speech is recognised without any network")
        check(succeeds(*MANIFEST["backup_pre"].split()), "backup_pre works")
        stopped = time.monotonic()
        container.stop()
        code = container.ended(MANIFEST["timeout"])
        check(code == 0, f"stops by itself, in {time.monotonic() - stopped:.1f} s (code {code})")
        written = {path.name for path in (scratch / "over").rglob("*") if path.is_file()}
        check(written == OURS, f"nothing was written but data {written - OURS or ''}")


def fetch(container: Container, path: str, peer: str) -> str:
    """What `peer` is answered on the panel's port, and the status at its end."""
    url = f"http://{APP}:{MANIFEST['ingress_port']}{path}"
    headers = ("-H", f"X-Ingress-Path: {PREFIX}", "-H", "X-Remote-User-Id: u1")
    curl = ("curl", "-s", "-w", " %{http_code}", "--interface", peer, *headers, url)
    return container.run(*curl, environment=BASE_ENVIRONMENT).stdout


def engine_ready(container: Container) -> bool:
    body, _, _code = fetch(container, "/api/health", SUPERVISOR).rpartition(" ")
    return bool(json.loads(body)["engine"]["ready"])


def refuses_wrong_options(layers: Layers, environment: dict[str, str]) -> None:
    """One clear line in the log, and the exit code is the container's."""
    wrong = {**MANIFEST["options"], "log": {"level": "loud"}}
    with started(layers, environment, wrong) as (container, scratch):
        log = scratch / "log"
        check = expectations(log)
        code = container.ended(PATIENCE_S)
        check(code == 2, f"wrong options end the container (exit code {code})")
        said = log.read_text(encoding="utf-8")
        check("'log.level'" in said and "Traceback" not in said, "the log says which")


@contextmanager
def started(
    layers: Layers, environment: dict[str, str], options: dict[str, Any]
) -> Iterator[tuple[Container, Path]]:
    """The image as Home Assistant would start it; and a folder with its `log` and, in `over`, what
    it wrote outside the folders that it is given.
    """
    with TemporaryDirectory(prefix="wallflower-image-") as name:
        scratch = Path(name)
        for volume in ("run", "data", "media", "tmp"):
            (scratch / "volumes" / volume).mkdir(parents=True)
        (scratch / "volumes/data/options.json").write_text(json.dumps(options), encoding="utf-8")
        run = scratch / "volumes/run"
        furnish(run, {**environment, "SUPERVISOR_TOKEN": TOKEN})
        services = next(at for layer in layers if (at := layer / SERVICES).is_dir())
        compile_services(services, run)
        program(scratch / "over/command/with-contenv", WITH_CONTENV)
        program(scratch / "over/init", INIT)
        over, volumes = scratch / "over", scratch / "volumes"
        with Container(layers, over, volumes, ["/init"], scratch / "log") as container:
            yield container, scratch


def expectations(log: Path) -> Callable[[bool, str], None]:
    """Says what holds; at the first thing that does not, shows the container's log and ends."""

    def check(holds: bool, what: str) -> None:
        say(f"  {'ok' if holds else 'NOT'}: {what}")
        if not holds:
            print(log.read_text(encoding="utf-8", errors="replace"))
            sys.exit(1)

    return check


def say(text: str) -> None:
    print(f"[{time.monotonic() - _STARTED:4.0f} s] {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
