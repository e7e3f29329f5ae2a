"""The files of the app's package, read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml

from tests.addon.rules import Manifest

ROOT: Final = Path(__file__).parents[2]


def read(name: str) -> Any:
    """A YAML file of the repository's root."""
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


RAW: Final[dict[str, Any]] = read("config.yaml")
MANIFEST: Final = Manifest.model_validate(RAW)
