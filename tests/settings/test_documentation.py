from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from wallflower.settings.schema import Settings, StreamSettings

DOCS = (Path(__file__).parents[2] / "DOCS.md").read_text()


def keys(model: type[BaseModel] = Settings, prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, field in model.model_fields.items():
        inner = StreamSettings if key == "streams" else field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from keys(inner, f"{prefix}{key}{'[]' if key == 'streams' else ''}.")
        else:
            yield prefix + key, field.description or ""


@pytest.mark.parametrize(("key", "meaning"), list(keys()))
def test_every_setting_is_documented(key: str, meaning: str) -> None:
    rows = [row for row in DOCS.splitlines() if row.startswith(f"| `{key}` |")]
    assert len(rows) == 1
    assert meaning
    assert meaning in rows[0]
