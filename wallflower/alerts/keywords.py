"""The keywords of the settings, checked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import combinations

from wallflower.alerts.matching import letters_of
from wallflower.domain.errors import BadSettings
from wallflower.domain.keywords import Keyword, names
from wallflower.domain.streams import StreamSpec
from wallflower.settings.schema import AlertSettings


def keywords_of(settings: AlertSettings) -> tuple[Keyword, ...]:
    """What to listen for, in the order of the settings.

    Raises `BadSettings` for a phrase without letters, and for two that are the same when spoken
    and may be listened for on one stream: it would tell of everything twice.
    """
    keywords = tuple(
        Keyword(" ".join(each.phrase.split()), each.emergency, each.streams)
        for each in settings.keywords
    )
    for keyword in keywords:
        if not letters_of(keyword.phrase):
            raise BadSettings(
                f"alerts.keywords: nobody can say {keyword.phrase!r}; write letters or digits."
            )
    for one, other in combinations(keywords, 2):
        if letters_of(one.phrase) == letters_of(other.phrase) and _meet(one, other):
            raise BadSettings(
                f"alerts.keywords: {one.phrase!r} and {other.phrase!r} sound the same; keep one."
            )
    return keywords


def lost_streams(keywords: Iterable[Keyword], specs: Collection[StreamSpec]) -> Iterator[str]:
    """Sentences for people about keywords that name streams which are not there."""
    for keyword in keywords:
        for stream in keyword.streams:
            if not any(names(stream, spec) for spec in specs):
                yield (
                    f"The keyword {keyword.phrase!r} is for a stream {stream!r} that does not "
                    "exist; correct alerts.keywords, or add the stream."
                )


def _meet(one: Keyword, other: Keyword) -> bool:
    if not one.streams or not other.streams:
        return True
    return not {name.casefold() for name in one.streams}.isdisjoint(
        name.casefold() for name in other.streams
    )
