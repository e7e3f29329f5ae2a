"""The Dockerfile, what goes into the image, and the service in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import Final

import pytest

from tests.addon.files import MANIFEST, ROOT, read
from tests.addon.image.build import BASE_ENVIRONMENT, context_files
from tests.addon.image.dockerfile import Copy, Run, stages
from tests.addon.image.services import WrongService, compile_services

TEXT: Final = (ROOT / "Dockerfile").read_text(encoding="utf-8")
GIVEN: Final = {"BUILD_ARCH": "aarch64", "BUILD_VERSION": MANIFEST.version}
STAGES: Final = stages(TEXT, BASE_ENVIRONMENT, GIVEN)
SOURCES: Final = ROOT / "addon/rootfs/etc/s6-overlay/s6-rc.d"


def test_build_yaml_says_what_the_dockerfile_says() -> None:
    build_from = read("build.yaml")["build_from"]
    assert sorted(build_from) == MANIFEST.arch
    assert {stage.base for stage in STAGES} == set(build_from.values())


def test_labels_tell_home_assistant_what_it_is() -> None:
    labels = STAGES[-1].labels
    assert labels["io.hass.type"] == "app"
    assert labels["io.hass.arch"] == "aarch64"
    assert labels["io.hass.version"] == MANIFEST.version
    assert labels["org.opencontainers.image.source"] == MANIFEST.url


def test_health_is_asked_where_the_panel_is() -> None:
    assert STAGES[-1].healthcheck is not None
    assert STAGES[-1].healthcheck[0] == "curl"
    assert STAGES[-1].healthcheck[-1] == f"http://127.0.0.1:{MANIFEST.ingress_port}/api/health"


def test_the_command_is_found() -> None:
    copies = [step for step in STAGES[-1].steps if isinstance(step, Copy)]
    assert any(copy.target == PurePosixPath("/opt/wallflower") for copy in copies)
    assert STAGES[-1].environment["PATH"].split(":")[0] == "/opt/wallflower/bin"


def test_hadolint_has_no_complaint() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [hadolint, "--config", ROOT / ".hadolint.yaml", ROOT / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_only_what_belongs_there_goes_into_the_image() -> None:
    files = context_files(ROOT)
    assert {"pyproject.toml", "hatch_build.py", "web/package-lock.json"} < set(files)
    assert any(file.startswith("wallflower/speakers/model/") for file in files)
    parts = {part for file in files for part in PurePosixPath(file).parts}
    assert not parts & {"tests", "node_modules", "__pycache__", ".git", ".venv"}
    assert not [file for file in files if file.startswith("wallflower/api/page/")]


def test_steps_come_with_all_they_need() -> None:
    text = (
        "ARG TAG=one\n"
        "FROM image:${TAG} AS first\n"
        'ENV A=1 B="two ${A0}"\n'
        "WORKDIR /src\n"
        "COPY x y z/\n"
        "RUN make \\\n    && install\n"
        "FROM image:$TAG\n"
        "COPY --from=first /src /opt\n"
        'HEALTHCHECK --interval=30s \\\n    CMD ["curl", "x"]\n'
    )
    first, last = stages(text, {"A0": "0"}, {"TAG": "two"})
    assert (first.base, first.name, last.base, last.name) == (
        "image:two",
        "first",
        "image:two",
        None,
    )
    copy, run = first.steps
    assert copy == Copy(("x", "y"), PurePosixPath("/src/z"), into=True, stage=None)
    assert isinstance(run, Run)
    assert run.command.split() == ["make", "&&", "install"]
    assert run.environment == {"A0": "0", "A": "1", "B": "two 0"}
    assert run.folder == PurePosixPath("/src")
    assert last.steps == [Copy(("/src",), PurePosixPath("/opt"), into=False, stage="first")]
    assert last.healthcheck == ["curl", "x"]


@pytest.mark.parametrize("line", ["ADD x /", "USER nobody", "COPY --chown=1:1 x /"])
def test_a_step_that_would_be_left_out_is_an_error(line: str) -> None:
    with pytest.raises(NotImplementedError):
        stages(f"FROM image:tag\n{line}\n", {}, {})


def test_the_service_tree_can_be_compiled(tmp_path: Path) -> None:
    assert compile_services(SOURCES, tmp_path) == ["wallflower"]
    service = tmp_path / "service/wallflower"
    assert {path.name for path in service.iterdir()} == {"run", "finish", "timeout-kill"}
    # Killed at last, but before Docker kills the whole container.
    assert 8 < int((service / "timeout-kill").read_text()) / 1000 < MANIFEST.timeout


@pytest.mark.parametrize(
    ("file", "content"),
    [("type", "oneshot\n"), ("type", None), ("finish", None), ("dependencies.d/network", "")],
)
def test_what_s6_would_refuse_is_refused(tmp_path: Path, file: str, content: str | None) -> None:
    source = tmp_path / "s6-rc.d"
    shutil.copytree(SOURCES, source)
    changed = source / "wallflower" / file
    if content is None:
        changed.unlink()
    else:
        changed.write_text(content)
    with pytest.raises(WrongService):
        compile_services(source, tmp_path / "run")


FINISH: Final = """
mount -t tmpfs none /run || exit 99
mkdir -p /run/s6-linux-init-container-results /run/s6/basedir/bin
echo "$3" >/run/s6-linux-init-container-results/exitcode
printf '#!/bin/sh\\ncat /run/s6-linux-init-container-results/exitcode\\n' >/run/s6/basedir/bin/halt
chmod +x /run/s6/basedir/bin/halt
exec "$4/wallflower/finish" "$1" "$2"
"""


@pytest.mark.parametrize(
    ("exit_code", "signal", "already", "container"),
    [
        (0, 0, 0, 0),
        (1, 0, 0, 1),
        (2, 0, 0, 2),
        (256, 11, 0, 139),
        (256, 15, 143, 143),
        (1, 0, 111, 111),
    ],
)
def test_how_wallflower_ends_is_how_the_container_ends(
    exit_code: int, signal: int, already: int, container: int
) -> None:
    isolated = ["unshare", "--map-root-user", "--mount", "sh", "-c", FINISH, "sh"]
    numbers = [str(number) for number in (exit_code, signal, already)]
    done = subprocess.run(
        [*isolated, *numbers, SOURCES], capture_output=True, text=True, check=False
    )
    if done.returncode == 99 or "unshare failed" in done.stderr:
        pytest.skip(f"no namespace of one's own here: {done.stderr}")
    assert (done.stdout.strip(), done.returncode) == (str(container), 0), done.stderr


@pytest.mark.peer
@pytest.mark.timeout(1800)
@pytest.mark.skipif(
    os.environ.get("WALLFLOWER_CHECK_IMAGE") != "1",
    reason="builds the image, which takes minutes: set WALLFLOWER_CHECK_IMAGE=1",
)
def test_the_image_works() -> None:
    done = subprocess.run(
        [ROOT / "script/check-image"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the image is fine" in done.stdout
