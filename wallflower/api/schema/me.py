"""Whoever asks."""

from __future__ import annotations

from pydantic import Field

from wallflower.api.schema.fields import Output
from wallflower.api.visitor import Via


class MeOut(Output):
    """Whoever sent the request."""

    id: str | None = Field(description="Of the user in Home Assistant; null: not known")
    name: str | None = Field(description="As Home Assistant shows it; null: not known")
    admin: bool | None = Field(
        description="May do everything here; null: Home Assistant cannot be asked at the moment"
    )
    via: Via = Field(
        description="ingress: by Home Assistant's panel; lan: by the network, without account"
    )
