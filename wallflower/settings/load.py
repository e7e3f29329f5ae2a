"""Read settings from YAML or JSON and the environment; say clearly what is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from wallflower.domain.errors import BadSettings
from wallflower.settings.complaints import complaint
from wallflower.settings.schema import Settings

OPTIONS_JSON: Final = Path("/data/options.json")
"""Where Home Assistant puts what the owner set on the app's options page."""

ENV_PREFIX: Final = "WALLFLOWER_"


def load_settings(
    file: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    options_json: Path = OPTIONS_JSON,
) -> Settings:
    """Settings from `file` (YAML), else Home Assistant's options, else defaults.

    `WALLFLOWER_<SECTION>__<KEY>` in `environ` overrides single keys; its value is a text, or a
    list or section as YAML writes them in brackets.
    Raises `BadSettings` with one sentence for each thing that is wrong.
    """
    source = file or (options_json if options_json.is_file() else None)
    values = _read(source) if source else {}
    origins: dict[tuple[str, ...], str] = {}
    for name, text in environ.items():
        if not name.startswith(ENV_PREFIX) or "__" not in name:
            continue
        path = tuple(part.lower() for part in name.removeprefix(ENV_PREFIX).split("__"))
        origins[path] = name
        _put(values, path, _value(text), name)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        where = str(source) if source else "the settings"
        lines = [complaint(problem, where, origins) for problem in error.errors()]
        raise BadSettings("\n".join(lines)) from None


def _read(file: Path) -> dict[str, Any]:
    try:
        # JSON is YAML too, so one reader does for both kinds of file.
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        message = f"The settings file {file} does not exist; check --config."
        raise BadSettings(message) from None
    except OSError as error:
        message = f"The settings file {file} cannot be read ({error.strerror})."
        raise BadSettings(message) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it is not text"
        raise BadSettings(f"The settings file {file} is not valid YAML{line}: {problem}.") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise BadSettings(f"The settings file {file} must hold sections such as 'mqtt:'.")
    return values


def _value(text: str) -> Any:
    """A list or section in brackets; anything else is the text it is, passwords above all."""
    if not text.startswith(("[", "{")):
        return text
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        return text


def _put(values: dict[str, Any], path: tuple[str, ...], value: Any, name: str) -> None:
    *sections, key = path
    for section in sections:
        inner = values.setdefault(section, {})
        if inner is None:
            inner = values[section] = {}
        if not isinstance(inner, dict):
            raise BadSettings(f"{name} names a key inside {section!r}, which is no section.")
        values = inner
    values[key] = value
