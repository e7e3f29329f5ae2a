"""Rows as earlier schemas had them, as today's rows: damage may show before an upgrade did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from wallflower.store.rows.plain import folded
from wallflower.store.salvage.records import Value

_VOICE_1: Final[tuple[tuple[type, ...], ...]] = (
    (type(None),), (str,), (str,), (int,), (str,), (bytes,), (float, int), (int,), (int,),
)  # fmt: skip
"""Of schema 1: id, name, folded name, known, encoder, centroid, speech_s, first and last heard."""


def older_voice(row_id: int, values: Sequence[Value]) -> dict[str, dict[str, Any]] | None:
    """A voice of schema 1 as rows of `voice` and, if its print is whole, `voice_print`."""
    if len(values) != len(_VOICE_1) or not all(
        isinstance(value, type_) for value, type_ in zip(values, _VOICE_1, strict=True)
    ):
        return None
    _, name, _, known, encoder, centroid, speech_s, first_ns, last_ns = values
    voice = {
        "id": row_id,
        "name": name,
        "name_folded": folded(str(name)),
        "known": known,
        "first_heard_ns": first_ns,
        "last_heard_ns": last_ns,
    }
    if not isinstance(centroid, bytes) or not centroid or len(centroid) % 4:
        return {"voice": voice}
    print_ = {
        "voice_id": row_id,
        "encoder": encoder,
        "stream_id": "",
        "embedding": centroid,
        "speech_s": speech_s,
        "last_heard_ns": last_ns,
    }
    return {"voice": voice, "voice_print": print_}
