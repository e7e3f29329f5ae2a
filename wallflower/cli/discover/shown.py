"""What was found on the network, and how it is shown (pure)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from wallflower.capture.onvif import FoundCamera
from wallflower.domain.others import Other


@dataclass(frozen=True, slots=True)
class Around:
    """Who answered."""

    wallflowers: Sequence[Other]
    cameras: Sequence[FoundCamera]


def as_text(around: Around) -> str:
    """Two tables, or sentences where nobody answered."""
    wallflowers = [(one.name, one.url, one.version, one.id) for one in around.wallflowers]
    cameras = [(one.name, one.hardware, one.host) for one in around.cameras]
    return "\n".join(
        [
            *_table("Wallflowers", ("name", "address", "version", "id"), wallflowers),
            "",
            *_table("Cameras (ONVIF)", ("name", "hardware", "address"), cameras),
            *(["", "A camera's manual has the RTSP URL to add it with."] if cameras else []),
        ]
    )


def as_json(around: Around) -> str:
    """An object with `wallflowers` (id, name, url, version) and `cameras` (id, name, …)."""
    return json.dumps(
        {
            "wallflowers": [asdict(one) for one in around.wallflowers],
            "cameras": [asdict(one) for one in around.cameras],
        },
        indent=1,
    )


def _table(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    if not rows:
        return [f"{title}: none answered."]
    cells = [head, *([cell or "-" for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in cells
    )
    return [title, *(f"  {line}".rstrip() for line in lines)]
