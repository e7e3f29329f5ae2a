"""Text of strangers, made fit to be shown."""

from __future__ import annotations

from typing import Final

CHARACTERS: Final = 80
"""More than any honest name has."""


def printable(text: str) -> str:
    """The first `CHARACTERS` of `text`, with � for what would steer a terminal or break a line.

    >>> printable("Ha\\x1bll")
    'Ha�ll'
    """
    return "".join(char if char.isprintable() else "�" for char in text[:CHARACTERS])
