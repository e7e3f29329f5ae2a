"""Numbers and texts as SQLite can keep and compare them. Pure."""

from __future__ import annotations

import unicodedata
from typing import Final

_NOT_TEXT: Final = dict.fromkeys((0, *range(0xD800, 0xE000)), "\ufffd")
"""NUL and lone surrogates: JSON and engines may hand them out, SQLite cannot keep them."""


_INT64_MAX: Final = 2**63 - 1


def int64(number: int) -> int:
    """`number`, or the nearest that SQLite can compare with: no id and no moment is that far."""
    return max(-_INT64_MAX, min(_INT64_MAX, number))


def clean(text: str) -> str:
    """`text` as SQLite can keep it."""
    return text.translate(_NOT_TEXT)


def folded(name: str) -> str:
    """What two names that people would call the same have in common.

    >>> folded("  Living   ROOM ") == folded("living room")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", clean(name)).casefold().split())
