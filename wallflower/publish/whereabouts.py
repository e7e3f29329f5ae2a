"""Where a person was heard last, and since when. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from wallflower.domain.speech import Line
from wallflower.domain.streams import slug
from wallflower.domain.times import WallTime

AWAY_S: Final = 30 * 60.0
"""Somebody who says nothing for longer was not there all the time: `since` begins anew."""

RESERVED: Final = frozenset({"command"})
"""No slug of a person: orders to a stream come on topics that end like this."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Time in which somebody was heard on one stream and on no other."""

    stream_id: str
    since: WallTime
    until: WallTime
    """When they were heard last."""


@dataclass(frozen=True, slots=True)
class Person:
    """A named voice."""

    id: int
    name: str
    stay: Stay | None
    """The latest one; None before they were heard for sure."""

    def heard(self, line: Line) -> Person:
        """The person after they have said `line`; what was said earlier changes nothing."""
        stay = self.stay
        if stay is not None and line.end < stay.until:
            return self
        here = stay is not None and stay.stream_id == line.stream_id
        if stay is None or not here or line.start.seconds_since(stay.until) > AWAY_S:
            return replace(self, stay=Stay(line.stream_id, line.start, line.end))
        return replace(self, stay=replace(stay, until=line.end))


def person_of(voice_id: int, name: str, lines: Iterable[Line]) -> Person:
    """The person after having said `lines`, oldest first, of which only the sure ones count."""
    person = Person(voice_id, name, None)
    for line in lines:
        if line.speaker is not None and line.speaker.sure:
            person = person.heard(line)
    return person


def by_slug(people: Iterable[Person]) -> dict[str, Person]:
    """`people` by the last part of their topic, the longest known first: they keep theirs."""
    slugs: dict[str, Person] = {}
    for person in sorted(people, key=lambda one: one.id):
        slugs[slug(person.name, taken=slugs.keys() | RESERVED, otherwise="person")] = person
    return slugs
