"""Other Wallflowers."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from wallflower.api.schema.fields import Output
from wallflower.domain.others import Other, Others


class OtherOut(Output):
    """Another Wallflower, as it announces itself; nothing of it has been checked."""

    id: str
    name: str
    url: str = Field(description="Of its page", examples=["http://192.168.1.30:8757/"])
    version: str

    @classmethod
    def of(cls, other: Other) -> Self:
        return cls(id=other.id, name=other.name, url=other.url, version=other.version)


class OthersOut(Output):
    """The Wallflowers seen on the network now."""

    items: list[OtherOut]
    reason: str | None = Field(description="Why nobody is looked for; null while somebody is")

    @classmethod
    def of(cls, others: Others) -> Self:
        return cls(items=[OtherOut.of(other) for other in others.seen], reason=others.reason)
