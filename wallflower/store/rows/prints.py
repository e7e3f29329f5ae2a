"""Between prints of the domain and the columns that keep them. Pure.

A line's windows are kept as float16: their cosines move by less than 0.001, and they take half
the room.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from wallflower.domain.prints import Embedding, Prints
from wallflower.domain.times import WallTime
from wallflower.domain.voices import RoomPrint, Sample, Voice

CLEAR_DB: Final = 35.0
"""The contrast of a quiet room: clearer is no better."""
LONG_S: Final = 8.0
"""Seconds of one voice after which more make a line's prints no more worth keeping."""


def pack_embedding(embedding: Embedding) -> bytes:
    return embedding.astype("<f4").tobytes()


def unpack_embedding(packed: bytes) -> Embedding:
    return np.frombuffer(packed, dtype="<f4").astype(np.float32)


def print_columns(prints: Prints) -> dict[str, Any]:
    """Columns of `line_print`, the line's id aside."""
    return {
        "encoder": prints.encoder,
        "windows": prints.windows.astype("<f2").tobytes(),
        "edges": prints.edges_s.astype("<f8").tobytes(),
        "overlapped": prints.overlapped.astype("u1").tobytes(),
        "contrast_db": float(np.nan_to_num(prints.contrast_db)),
        "worth": worth(prints),
    }


def worth(prints: Prints) -> float:
    """How much a voice can be told by these prints, 0 to 1: long, clear, undisturbed."""
    clear = np.clip(np.nan_to_num(prints.contrast_db) / CLEAR_DB, 0.1, 1.0)
    return float(min(prints.speech_s, LONG_S) / LONG_S * clear)


def prints_from(row: dict[str, Any]) -> Prints:
    """Raises `ValueError` when the columns do not fit each other."""
    overlapped = np.frombuffer(row["overlapped"], dtype="u1").astype(np.bool_)
    edges_s = np.frombuffer(row["edges"], dtype="<f8").astype(np.float64)
    if not len(overlapped) or len(edges_s) != len(overlapped) + 1:
        raise ValueError("windows and edges of a line's prints do not fit")
    windows = np.frombuffer(row["windows"], dtype="<f2").astype(np.float32)
    windows = windows.reshape(len(overlapped), -1)
    if not windows.shape[1] or not np.isfinite(windows).all():
        raise ValueError("a line's prints are no numbers")
    # float16 rounds lengths by up to 0.05 %.
    windows /= np.maximum(np.linalg.norm(windows, axis=1, keepdims=True), np.float32(1e-12))
    return Prints(row["encoder"], windows, edges_s, overlapped, row["contrast_db"])


def room_print_columns(voice_id: int, encoder: str, learnt: RoomPrint) -> dict[str, Any]:
    return {
        "voice": voice_id,
        "encoder": encoder,
        "stream_id": learnt.stream_id,
        "embedding": pack_embedding(learnt.embedding),
        "speech_s": learnt.speech_s,
        "last_heard_ns": learnt.last_heard.ns,
    }


def room_print_from(row: dict[str, Any]) -> RoomPrint:
    return RoomPrint(
        row["stream_id"],
        unpack_embedding(row["embedding"]),
        row["speech_s"],
        WallTime(row["last_heard_ns"]),
    )


def sample_columns(voice_id: int, sample: Sample) -> dict[str, Any]:
    return {
        "voice": voice_id,
        "stream_id": sample.stream_id,
        "pcm": sample.pcm.astype("<i2").tobytes(),
        "quality": sample.quality,
        "at_ns": sample.at.ns,
    }


def sample_from(row: dict[str, Any]) -> Sample:
    pcm = np.frombuffer(row["pcm"], dtype="<i2").astype(np.int16)
    return Sample(row["stream_id"], pcm, row["quality"], WallTime(row["at_ns"]))


def voice_from(row: dict[str, Any], encoder: str, prints: Sequence[RoomPrint]) -> Voice:
    """A voice from its row and its prints of `encoder`."""
    return Voice(
        id=row["id"],
        name=row["name"],
        known=bool(row["known"]),
        encoder=encoder,
        prints=tuple(prints),
        first_heard=WallTime(row["first_heard_ns"]),
        last_heard=WallTime(row["last_heard_ns"]),
    )
