from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from wallflower.settings.complaints import section_of
from wallflower.settings.schema import Settings

DOCS = (Path(__file__).parents[2] / "DOCS.md").read_text()


def keys(model: type[BaseModel] = Settings, prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, field in model.model_fields.items():
        if inner := section_of(field.annotation):
            many = "" if inner is field.annotation else "[]"
            yield from keys(inner, f"{prefix}{key}{many}.")
        else:
            yield prefix + key, field.description or ""


@pytest.mark.parametrize(("key", "meaning"), list(keys()))
def test_every_setting_is_documented(key: str, meaning: str) -> None:
    rows = [row for row in DOCS.splitlines() if row.startswith(f"| `{key}` |")]
    assert len(rows) == 1
    assert meaning
    assert meaning in rows[0]
