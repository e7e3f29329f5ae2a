"""Blueprints say where they come from, and the README has a link to import each."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "blueprints/automation/wallflower"
NAMES = sorted(file.stem for file in FOLDER.glob("*.yaml"))
MANIFEST = yaml.safe_load((ROOT / "config.yaml").read_text())
IMPORT = "https://my.home-assistant.io/redirect/blueprint_import/?blueprint_url="


@pytest.mark.parametrize("name", NAMES)
def test_a_blueprint(name: str) -> None:
    text = (FOLDER / f"{name}.yaml").read_text()
    about = yaml.safe_load(text.partition("\nmode:")[0])["blueprint"]
    path = FOLDER.relative_to(ROOT) / f"{name}.yaml"
    assert about["source_url"] == f"{MANIFEST['url']}/blob/main/{path}"
    assert about["homeassistant"]["min_version"] == MANIFEST["homeassistant"]
    assert all(one["name"] for one in about["input"].values())
    # An input that nothing uses is a promise that is not kept.
    assert [key for key in about["input"] if f"!input {key}\n" not in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_can_be_imported_from_the_readme(name: str) -> None:
    about = yaml.safe_load((FOLDER / f"{name}.yaml").read_text().partition("\nmode:")[0])
    link = IMPORT + quote(about["blueprint"]["source_url"], safe="")
    assert f"({link})" in (ROOT / "README.md").read_text()
