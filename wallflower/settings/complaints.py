"""One clear sentence per mistake in the settings, with the nearest valid name."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from wallflower.settings.schema import Settings


def complaint(problem: ErrorDetails, where: str, origins: Mapping[tuple[str, ...], str]) -> str:
    """What is wrong with one setting. Never repeats the value: it may be a secret.

    `where` names the file; `origins` maps key paths to the environment variables that set them.
    """
    path = tuple(str(part) for part in problem["loc"])
    name = ".".join(path)
    source = origins.get(path, where)
    if problem["type"] == "extra_forbidden":
        return f"Unknown setting {name!r} in {source}{_suggestion(path)}"
    if problem["type"] == "missing":
        return f"The setting {name!r} in {source} is missing."
    if problem["type"] == "string_type":
        return f"The setting {name!r} in {source} must be a text; put it in quotes."
    if problem["type"] == "tuple_type":
        return f"The setting {name!r} in {source} must be a list, such as [one, two]."
    if problem["type"] == "model_type":
        keys = ", ".join(_beside(path))
        return f"The setting {name!r} in {source} must have keys of its own: {keys}."
    reason = problem["msg"].removeprefix("Value error, ").rstrip(".")
    return f"The setting {name!r} in {source} is wrong: {reason[:1].lower()}{reason[1:]}."


def _suggestion(path: tuple[str, ...]) -> str:
    """The end of the sentence: the nearest valid name, or what is valid there."""
    *parents, wrong = path
    valid = {name: key for name, key in _names() if name}
    beside = _beside(parents)
    elsewhere = [name for name, key in valid.items() if key == wrong]
    # A slip of the finger is likelier than the wrong section, and that likelier than a far cry.
    cutoff = 0.75 if elsewhere else 0.5
    if close := difflib.get_close_matches(wrong, beside, n=1, cutoff=cutoff):
        return f"; did you mean {'.'.join([*parents, close[0]])!r}?"
    if elsewhere:
        return f"; it belongs to {' or '.join(repr(name) for name in elsewhere)}."
    if parents and beside:
        return f"; valid here are {', '.join(beside)}."
    close = difflib.get_close_matches(".".join(path), valid, n=1, cutoff=0.0)
    return f"; the nearest setting is {close[0]!r}."


def _beside(parents: Sequence[str]) -> list[str]:
    """The keys that a section has."""
    # `streams.0.url` is documented as `streams.url`: a position in a list is no name.
    section = [part for part in parents if not part.isdigit()]
    return sorted(key for name, key in _names() if name.split(".")[:-1] == section)


def _names(model: type[BaseModel] = Settings, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Dotted names and last keys of all settings."""
    for key, field in model.model_fields.items():
        yield prefix + key, key
        if inner := section_of(field.annotation):
            yield from _names(inner, f"{prefix}{key}.")


def section_of(annotation: Any) -> type[BaseModel] | None:
    """The section that a setting, or each item of its list, is; None for plain values."""
    item = next(iter(get_args(annotation)), annotation)
    return item if isinstance(item, type) and issubclass(item, BaseModel) else None
