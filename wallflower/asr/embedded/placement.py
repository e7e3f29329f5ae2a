"""Where the speech model computes: a graphics card or the CPU, and with which numbers."""

from __future__ import annotations

import ctypes
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import ctranslate2

NEEDED: Final = ("libcublas.so.12", "libcudnn_ops.so.9")
"""What CTranslate2 opens by itself once it computes on a card. Without cuDNN it does not raise but
ends the process, so these are looked for first."""

ON_A_CARD: Final = ("float16", "int8_float32", "float32")
"""Kinds of numbers for a card, best first: the first on cards since 2017, the second on older ones.
Not int8_float16, which some new cards refuse."""


@dataclass(frozen=True, slots=True)
class Placement:
    device: str
    """`cpu` or `cuda`, as CTranslate2 says it."""
    compute_type: str
    why_not_cuda: str | None = None
    """Why it is the CPU although there is a card, or one was asked for."""

    def __str__(self) -> str:
        return f"{self.device} in {self.compute_type}"


ON_CPU: Final = Placement("cpu", "int8")


def choose(asked: str, *, cards: int, kinds: Collection[str], missing: Sequence[str]) -> Placement:
    """Where to compute when the settings ask for `auto`, `cpu` or `cuda` (pure).

    `cards`: how many CUDA sees. `kinds`: the numbers they compute with, in CTranslate2's words.
    `missing`: those of `NEEDED` that are not installed.
    """
    if asked == "cpu" or (asked == "auto" and not cards):
        return ON_CPU
    if not cards:
        return _instead("CUDA sees no card; check the driver, and that a container may use it")
    if missing:
        return _instead(f"{' and '.join(missing)} cannot be loaded; install CUDA 12 and cuDNN 9")
    kind = next((kind for kind in ON_A_CARD if kind in kinds), None)
    return _instead("the card computes nothing we use") if kind is None else Placement("cuda", kind)


def place(asked: str) -> Placement:
    """`choose` for this machine. Blocks for a moment where there is a card."""
    if asked == "cpu":
        return ON_CPU
    cards = ctranslate2.get_cuda_device_count()
    kinds = ctranslate2.get_supported_compute_types("cuda") if cards else ()
    missing = [name for name in NEEDED if not _loads(name)] if cards else []
    return choose(asked, cards=cards, kinds=kinds, missing=missing)


def _instead(reason: str) -> Placement:
    return Placement(ON_CPU.device, ON_CPU.compute_type, reason)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
