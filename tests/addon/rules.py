"""What Supervisor and the community's linter ask of a manifest.

Source: Supervisor's validation of apps and of their options, 2026-08; the community's app linter
2.21. `Manifest` has only keys that we have a use for: whatever else appears is an error here, and
so is a default written out, a deprecated key, or one that weakens the security rating.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

ELEMENT: Final = re.compile(
    r"(bool|email|url|port|str|password"
    r"|int(\((-?\d+)?,(-?\d+)?\))?"
    r"|float(\((-?\d*\.?\d+)?,(-?\d*\.?\d+)?\))?"
    r"|match\((?P<match>.*)\)"
    r"|list\((?P<list>.+)\))(?P<optional>\?)?"
)
"""What an option may be. `str(1,80)` is documented too, but Supervisor compares the text itself
with the numbers, so that no text ever fits."""

DEFAULTS: Final[dict[str, Any]] = {
    "boot": "auto",
    "ingress_port": 8099,
    "panel_admin": True,
    "panel_icon": "mdi:puzzle",
    "stage": "stable",
    "startup": "application",
    "timeout": 10,
    **dict.fromkeys(("apparmor", "init"), True),
    **dict.fromkeys(("ingress", "ingress_stream", "homeassistant_api", "tmpfs", "video"), False),
}


def elements(schema: Any, *, in_list: bool = False) -> Iterator[str]:
    """The types of all options in `schema`. Raises `ValueError` for what is no schema."""
    match schema:
        case dict():
            for value in schema.values():
                yield from elements(value)
        case [item] if not in_list:
            yield from elements(item, in_list=True)
        case str():
            yield schema
        case _:
            raise ValueError(f"{schema!r} is no type of an option; lists hold one kind, no lists")


def _check_schema(schema: dict[str, Any]) -> dict[str, Any]:
    for element in elements(schema):
        if (found := ELEMENT.fullmatch(element)) is None:
            raise ValueError(f"{element!r} is no type of an option")
        re.compile(found["match"] or "")
    return schema


def _check_order(names: list[str]) -> list[str]:
    if names != sorted(set(names)):
        raise ValueError("give each once, in alphabetical order")
    return names


Version = Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
Port = Annotated[int, Field(ge=1, le=65535)]
PortKey = Annotated[str, Field(pattern=r"^\d+/(tcp|udp)$")]
Service = Annotated[str, Field(pattern=r"^(mqtt|mysql):(provide|want|need)$")]
Volume = Annotated[str, Field(pattern=r"^(share|media|ssl|backup|addon_config)(:rw)?$")]
Names = Annotated[list[str], AfterValidator(_check_order)]


class Manifest(BaseModel):
    """config.yaml."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    version: Version
    slug: str = Field(pattern=r"^[a-z0-9_]+$")
    description: str = Field(max_length=120)
    url: str = Field(pattern=r"^https://\S+$")
    image: str = Field(pattern=r"^[a-z0-9.-]+(/[a-z0-9._-]+)+$")
    arch: Annotated[list[Literal["aarch64", "amd64"]], AfterValidator(_check_order)]
    init: Literal[False]
    homeassistant: Version
    homeassistant_api: Literal[True]
    services: list[Service]
    ingress: Literal[True]
    ingress_port: Port
    panel_icon: str = Field(pattern=r"^mdi:[a-z0-9-]+$")
    panel_title: str
    ports: dict[PortKey, Port | None]
    video: Literal[True]
    map: list[Volume]
    tmpfs: Literal[True]
    timeout: int = Field(ge=10, le=300)
    backup_pre: str
    backup_exclude: Names
    options: dict[str, Any]
    options_schema: Annotated[dict[str, Any], AfterValidator(_check_schema)] = Field(alias="schema")

    @model_validator(mode="before")
    @classmethod
    def _no_default_is_written_out(cls, manifest: dict[str, Any]) -> dict[str, Any]:
        if written := [key for key in DEFAULTS if manifest.get(key, ...) == DEFAULTS[key]]:
            raise ValueError(f"leave out what is the default: {', '.join(written)}")
        return manifest


def security_rating(*, own_profile: bool) -> int:
    """1 to 8, as the store shows it, of an app whose config.yaml is a `Manifest`.

    5 for a start, 2 for ingress, 1 for an AppArmor profile of its own. What lowers it (the host's
    network, rights and APIs) `Manifest` does not allow.
    """
    return 5 + 2 + int(own_profile)
