"""From what people type into a search box to an FTS5 expression. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from wallflower.store.rows.plain import clean

_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»", '"'))

_TERM: Final = re.compile(r'"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+)')


def match_expression(text: str) -> str | None:
    """An FTS5 expression that finds lines with all of: words, "phrases" and prefix*es.

    Everything else people or programs may write (operators, brackets, column names, a lone
    quotation mark) is taken as text, so the expression is valid whatever `text` is. None when
    `text` holds nothing that can be found.

    >>> match_expression('plumb* "next tuesday" AND (x')
    '"plumb" * "next tuesday" "AND" "(x"'
    """
    terms = []
    for term in _TERM.finditer(clean(text).translate(_QUOTES)):
        words = term["phrase"] if term["word"] is None else term["word"].rstrip("*")
        if any(map(_in_token, words)):
            prefix = term["word"] is not None and term["word"].endswith("*")
            terms.append(f'"{words}" *' if prefix else f'"{words}"')
    return " ".join(terms) or None


def _in_token(character: str) -> bool:
    """Whether FTS5's unicode61 tokenizer keeps it: letters, numbers and private use."""
    category = unicodedata.category(character)
    return category[0] in "LN" or category == "Co"
