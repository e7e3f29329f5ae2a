"""Where the speech model computes: a graphics card or the CPU, and with which numbers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

import ctranslate2

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


def no_card(reason: str) -> Placement:
    """The CPU after all."""
    return replace(ON_CPU, why_not_cuda=reason)


def choose(asked: str, *, cards: int, kinds: Collection[str]) -> Placement:
    """Where to compute when the settings ask for `auto`, `cpu` or `cuda` (pure).

    `cards`: how many CUDA sees. `kinds`: the numbers they compute with, in CTranslate2's words.
    """
    if asked == "cpu" or (asked == "auto" and not cards):
        return ON_CPU
    if not cards:
        return no_card("CUDA sees no card; check the driver, and that a container may use it")
    kind = next((kind for kind in ON_A_CARD if kind in kinds), None)
    if kind is None:
        return no_card("the card computes with none of " + ", ".join(ON_A_CARD))
    return Placement("cuda", kind)


def place(asked: str) -> Placement:
    """`choose` for this machine. What is missing on a card shows at its first use."""
    cards = 0 if asked == "cpu" else ctranslate2.get_cuda_device_count()
    kinds = ctranslate2.get_supported_compute_types("cuda") if cards else ()
    return choose(asked, cards=cards, kinds=kinds)
