"""The options page: what Supervisor makes of what somebody typed.

Source: Supervisor's validation of options, 2026-08. Only the types that our schema uses.
"""

from __future__ import annotations

import re
from typing import Any

from tests.addon.rules import ELEMENT


class Refused(Exception):
    """The page does not take it."""


def accept(schema: dict[str, Any], options: dict[str, Any], where: str = "") -> dict[str, Any]:
    """The content of options.json; unknown keys are dropped. Raises `Refused`."""
    kept = {k: _value(schema[k], v, f"{where}{k}") for k, v in options.items() if k in schema}
    for key in schema.keys() - kept.keys():
        if not _optional(schema[key]):
            raise Refused(f"{where}{key} is missing")
    return kept


def _optional(kind: Any) -> bool:
    # Of a list, the item decides; a section is never optional.
    kind = kind[0] if isinstance(kind, list) else kind
    return isinstance(kind, str) and kind.endswith("?")


def _value(kind: Any, value: Any, where: str) -> Any:
    if isinstance(kind, list):
        if not isinstance(value, list):
            raise Refused(f"{where} is no list")
        return [_value(kind[0], item, f"{where}[]") for item in value]
    if isinstance(kind, dict):
        if not isinstance(value, dict):
            raise Refused(f"{where} is no section")
        return accept(kind, value, f"{where}.")
    return _single(kind, value, where)


def _single(kind: str, value: Any, where: str) -> Any:
    found = ELEMENT.fullmatch(kind)
    assert found is not None, kind
    fits = True
    if found["match"] is not None:
        fits = re.match(found["match"], str(value)) is not None
    elif found["list"] is not None:
        fits = str(value) in found["list"].split("|")
    elif kind.startswith(("int", "port")):
        value = int(value)
        low, high = re.findall(r"\d+", kind) or (1, 65535)
        fits = int(low) <= value <= int(high)
    elif kind.startswith("bool"):
        fits = isinstance(value, bool)
    if not fits:
        raise Refused(f"{where} must be {kind}, not {value!r}")
    return value
