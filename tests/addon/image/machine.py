"""Folders that are machines: made by debootstrap, entered by chroot, started in namespaces."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

SUPERVISOR: Final = "172.30.32.2"
APP: Final = "172.30.33.9"
"""Where an app might be on the network of apps."""

BUILD_SHELL: Final = ("/bin/bash", "-o", "pipefail", "-c")
"""The SHELL of the base image."""

Layers = tuple[Path, ...]
"""Folders laid over each other, lowest first, as an image is made of."""

_OVERLAY: Final = """
layers=$1; over=$2; shift 2
root=$over.root work=$over.work
mkdir "$root" "$work" || exit 125
mount -t overlay overlay -o "lowerdir=$layers,upperdir=$over,workdir=$work" "$root" || exit 125
mkdir -p "$root/proc" "$root/dev" "$root/sys"
mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" || exit 125
"""
_IN_CHROOT: Final = f"""{_OVERLAY}
chroot "$root" "$@"; code=$?
umount -l "$root"; rm -rf "$root" "$work"
exit $code
"""
_COPY_OUT: Final = """
layers=$1; source=$2; target=$3
root=$(mktemp -d) && mount -t overlay overlay -o "ro,lowerdir=$layers" "$root" || exit 125
cp -a "$root$source/." "$target"; code=$?
umount "$root"; rmdir "$root"
exit $code
"""
_AS_CONTAINER: Final = f"""{_OVERLAY}
volumes=$1; shift
ip link set lo up
ip address add {SUPERVISOR}/32 dev lo
ip address add {APP}/32 dev lo
mount --rbind /sys "$root/sys" || exit 125
for volume in "$volumes"/*; do
    mkdir -p "$root/${{volume##*/}}"
    mount --bind "$volume" "$root/${{volume##*/}}" || exit 125
done
exec chroot "$root" "$@"
"""
_UNSHARED: Final = ("unshare", "--mount", "--propagation", "private")


def debootstrap(suite: str, packages: Sequence[str], root: Path) -> None:
    """Make a bare Debian in `root`, from the mirror that this machine's apt uses."""
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(CODENAME) $(SITE)", "Created-By: Packages"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    release = Path("/etc/os-release").read_text(encoding="utf-8")
    _, _, here = release.partition("VERSION_CODENAME=")
    own = here.split("\n", 1)[0]
    mirror = next(line.split()[1] for line in targets.splitlines() if line.split()[0] == own)
    # The script is named because an older debootstrap does not know newer suites.
    script = "/usr/share/debootstrap/scripts/sid"
    chosen = f"--include={','.join(packages)}"
    call("debootstrap", "--variant=minbase", chosen, suite, str(root), mirror, script)
    # Names and certificates as this machine knows them.
    for file in ("etc/resolv.conf", "etc/hosts", "etc/ssl/certs/ca-certificates.crt"):
        if Path("/", file).exists():
            shutil.copy(Path("/", file), root / file)


def chroot(
    below: Layers, over: Path, argv: Sequence[str], environment: Mapping[str, str], folder: str
) -> None:
    """Run a command in the layers `below`; what it changes goes into `over`.

    Raises `CalledProcessError`.
    """
    call(
        *(*_UNSHARED, "sh", "-c", _IN_CHROOT, "sh", stacked(below), str(over)),
        *("env", "-i", "-C", folder),
        *(f"{name}={value}" for name, value in {**environment, **registries()}.items()),
        *argv,
    )


def copy_out(layers: Layers, source: str, target: Path) -> None:
    """Copy what is in the folder `source` of `layers` into the folder `target`."""
    call(*_UNSHARED, "sh", "-c", _COPY_OUT, "sh", stacked(layers), source, str(target))


def stacked(layers: Layers) -> str:
    """As overlayfs wants to be told of them, top first."""
    return ":".join(str(layer) for layer in reversed(layers))


def registries() -> dict[str, str]:
    """Where this machine's pip and npm get their packages, as an environment for a chroot."""
    bundle = "/etc/ssl/certs/ca-certificates.crt"
    found = {"PIP_CERT": bundle, "SSL_CERT_FILE": bundle, "NODE_EXTRA_CA_CERTS": bundle}
    asked = {
        "PIP_INDEX_URL": ("python3", "-m", "pip", "config", "get", "global.index-url"),
        "NPM_CONFIG_REGISTRY": ("npm", "config", "get", "registry"),
    }
    for name, argv in asked.items():
        if shutil.which(argv[0]) and (answer := _answer(argv)):
            found[name] = answer
    wanted = {"http_proxy", "https_proxy", "no_proxy", "pip_index_url", "npm_config_registry"}
    return found | {name: value for name, value in os.environ.items() if name.lower() in wanted}


def _answer(argv: Sequence[str]) -> str:
    return subprocess.run(argv, check=False, capture_output=True, text=True).stdout.strip()


def call(*argv: str) -> None:
    """Run a command; its output is shown only if it fails. Raises `CalledProcessError`."""
    done = subprocess.run(argv, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        print(done.stdout.decode(errors="replace"))
        raise subprocess.CalledProcessError(done.returncode, argv[0])


class Container:
    """What is in `layers`, started with nothing but a loopback, as process 1 of its own.

    What it changes goes into the folder `over`; the folders in `volumes` are mounted over those of
    the same name. Use it as a context: it is killed at the end unless it ended before.
    """

    def __init__(
        self, layers: Layers, over: Path, volumes: Path, argv: Sequence[str], log: Path
    ) -> None:
        self._log = log.open("wb")
        self._process = subprocess.Popen(
            [
                *(*_UNSHARED, "--net", "--pid", "--fork", "--kill-child"),
                *("sh", "-c", _AS_CONTAINER, "sh", stacked(layers), str(over), str(volumes)),
                *argv,
            ],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def __enter__(self) -> Container:
        return self

    def __exit__(self, *_failure: object) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()

    def run(self, *argv: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a command inside, as `docker exec` does. Fails with 125 where nothing runs."""
        init = self._init()
        if init is None:
            return subprocess.CompletedProcess(argv, 125, "", "nothing runs there")
        return subprocess.run(
            [
                *("nsenter", "--target", init, "--all", "--root", "--wd", "env", "-i"),
                *(f"{name}={value}" for name, value in environment.items()),
                *argv,
            ],
            check=False,
            capture_output=True,
            text=True,
        )

    def stop(self) -> None:
        """Tell process 1 to end, as `docker stop` does."""
        if (init := self._init()) is not None:
            os.kill(int(init), signal.SIGTERM)

    def ended(self, within_s: float) -> int | None:
        """The exit code; None when it still runs after `within_s`."""
        try:
            return self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            return None

    def _init(self) -> str | None:
        """The id of process 1, as it is outside."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return next(iter(children.read_text(encoding="ascii").split()), None)


def until(condition: Callable[[], bool], within_s: float) -> bool:
    """Whether `condition` came true in time; asked twice a second."""
    end = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.5)
    return True
