"""Home Assistant shows nothing in the place of an icon that it does not have, and says nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.support.homeassistant import BENCH, VERSIONS

ROOT: Final = Path(__file__).parents[2]
LIST: Final = "opt/ha/lib/python3*/site-packages/hass_frontend/static/mdi/iconList.json"


def asked_for() -> set[str]:
    """All icons that the source names."""
    sources = [ROOT / "config.yaml", *(ROOT / "blueprints").rglob("*.yaml")]
    sources += (ROOT / "wallflower/publish/discovery").glob("*.py")
    return {
        icon for source in sources for icon in re.findall(r"mdi:([a-z0-9-]+)", source.read_text())
    }


def root_of(version: str) -> Path:
    """Where the bench keeps this version."""
    says = ["bash", "-c", f'. "{BENCH}/lib.sh" && echo "$HA_ROOT"']
    environment = {**os.environ, **VERSIONS[version]}
    told = subprocess.run(says, env=environment, capture_output=True, text=True, check=False)
    return Path(told.stdout.strip() or os.devnull)


@pytest.mark.peer
@pytest.mark.parametrize("version", VERSIONS)
def test_home_assistant_has_every_icon(version: str) -> None:
    lists = list(root_of(version).glob(LIST))
    if not lists:
        pytest.skip(f"Home Assistant {version} is not set up by the bench at {BENCH}")
    icons = {icon["name"] for icon in json.loads(lists[0].read_text())}
    assert "ear-hearing" in asked_for()
    assert asked_for() <= icons
