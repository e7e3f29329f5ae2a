"""config.yaml and its neighbours, held against Supervisor's rules."""

from __future__ import annotations

import re
import shlex
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.addon.files import MANIFEST, RAW, ROOT, read
from tests.addon.rules import DEFAULTS, Manifest, security_rating
from wallflower import PROJECT_URL, __version__
from wallflower.cli.arguments import COMMANDS, _parser
from wallflower.settings import Settings


def test_the_version_is_the_packages() -> None:
    assert MANIFEST.version == __version__
    headings = re.findall(
        r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert headings[0] == __version__


def test_the_ports_are_the_settings() -> None:
    server = Settings().server
    assert MANIFEST.ingress_port == server.ingress_port
    assert MANIFEST.ports == {f"{server.port}/tcp": None}


def test_the_security_rating_is_the_best() -> None:
    assert security_rating(own_profile=(ROOT / "apparmor.txt").is_file()) == 8


def test_the_store_finds_one_app_here() -> None:
    repository = read("repository.yaml")
    assert repository.keys() == {"name", "url", "maintainer"}
    assert repository["url"] == MANIFEST.url == PROJECT_URL
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: git cannot tell what belongs to the repository")
    files = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    found = [file for file in files if re.fullmatch(r"config\.(ya?ml|json)", Path(file).name)]
    assert found == ["config.yaml"]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [({key: value}, f"the default: {key}") for key, value in DEFAULTS.items()]
    + [
        ({"full_access": True}, "full_access"),
        ({"host_network": False}, "host_network"),
        ({"watchdog": "tcp://[HOST]:8756"}, "watchdog"),
        ({"image": "ghcr.io/Owner/wallflower"}, "image"),
        ({"image": "ghcr.io/owner/wallflower:0.1.0"}, "image"),
        ({"slug": "wall-flower"}, "slug"),
        ({"version": "latest"}, "version"),
        ({"arch": ["amd64", "armv7"]}, "arch"),
        ({"services": ["mqtt:please"]}, "services"),
        ({"ports": {"8757": None}}, "ports"),
        ({"timeout": 5}, "timeout"),
        ({"schema": {"names": [["str"]]}}, "no lists"),
        ({"schema": {"name": "str(1,80)"}}, "no type"),
        ({"schema": {"name": "text"}}, "no type"),
    ],
)
def test_the_rules_see_what_is_wrong(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Manifest.model_validate({**RAW, **change})


def test_a_backup_begins_with_a_command_that_exists() -> None:
    program, *args = shlex.split(MANIFEST.backup_pre)
    assert program == "wallflower"
    assert _parser().parse_args(args).command in COMMANDS
    # Models are fetched again; recordings are in the media folder, or large.
    assert MANIFEST.backup_exclude == ["models", "recordings"]


@pytest.mark.parametrize(("name", "size"), [("icon.png", (128, 128)), ("logo.png", (250, 100))])
def test_pictures_have_the_size_the_store_wants(name: str, size: tuple[int, int]) -> None:
    content = (ROOT / name).read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", content[16:24]) == size
    assert len(content) < 20_000


def test_the_profile_is_for_this_app() -> None:
    profile = (ROOT / "apparmor.txt").read_text(encoding="utf-8")
    (outer, inner) = re.findall(r"^ *profile (\S+) flags", profile, re.MULTILINE)
    assert outer == MANIFEST.slug
    assert f"/opt/wallflower/bin/wallflower cx -> {inner}," in profile
    assert f"signal (receive) peer=*_{MANIFEST.slug}," in profile
    assert "deny /data/options.json w," in profile


@pytest.mark.skipif(
    not Path("/usr/sbin/apparmor_parser").exists(), reason="AppArmor's parser is not installed"
)
def test_the_profile_can_be_read() -> None:
    parser = subprocess.run(
        ["/usr/sbin/apparmor_parser", "--skip-kernel-load", "--skip-cache", ROOT / "apparmor.txt"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert parser.returncode == 0, parser.stderr


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_the_services_scripts_are_sound() -> None:
    service = ROOT / "addon/rootfs/etc/s6-overlay/s6-rc.d/wallflower"
    done = subprocess.run(
        ["shellcheck", service / "run", service / "finish"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
