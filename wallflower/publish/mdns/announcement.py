"""What a Wallflower says of itself, and what is made of what another one says. No network here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from wallflower.domain.others import Other
from wallflower.domain.printable import printable

SERVICE: Final = "_wallflower._tcp.local."

LABEL_BYTES: Final = 63
"""The longest label of DNS."""

_PATH: Final = re.compile(r"/[A-Za-z0-9._~/-]{0,79}")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who announces itself."""

    id: str
    """Stays the same whatever the name becomes."""
    name: str
    version: str
    path: str = "/"
    """Of the page."""
    auth: str = "none"
    """How visitors prove who they are: there are no accounts yet."""

    @property
    def text(self) -> dict[str, str]:
        """The TXT record."""
        return {"id": self.id, "version": self.version, "path": self.path, "auth": self.auth}


def label(name: str) -> str:
    """`name` as an instance label: printable, no dots, `LABEL_BYTES` of UTF-8 at most.

    >>> label("box.lan")
    'box-lan'
    """
    shown = "".join(char if char.isprintable() else " " for char in name.replace(".", "-"))
    short = " ".join(shown.split()).encode()[:LABEL_BYTES]
    return short.decode(errors="ignore").strip() or "Wallflower"


def other_of(
    instance: str,
    text: Mapping[bytes, bytes | None],
    addresses: Sequence[str],
    port: int | None,
) -> Other | None:
    """The Wallflower behind a service; None when it does not say enough to be found.

    `instance` is its full name, `text` its TXT record, `addresses` those of its host.
    Nothing of it is trusted: anybody on the network may claim anything.
    """
    said = {
        key.decode(errors="replace"): printable((value or b"").decode(errors="replace"))
        for key, value in text.items()
    }
    if not (addresses and port and said.get("id")):
        return None
    path = said.get("path", "/")
    host = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
    return Other(
        id=said["id"],
        name=printable(instance.removesuffix(f".{SERVICE}")),
        url=f"http://{host}:{port}{path if _PATH.fullmatch(path) else '/'}",
        version=said.get("version", ""),
    )
