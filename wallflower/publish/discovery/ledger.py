"""What Home Assistant was told of our devices, and how what is gone leaves it. Pure.

Leaving a component out of a device's payload does not remove its entity; a payload that names
nothing but its platform does, and an empty payload removes the whole device. But only from a Home
Assistant that has set the entity up since it started: one that was away meanwhile keeps the entity
for ever, as one that nobody provides any more. So what is gone is remembered here until Home
Assistant has certainly heard of it. When it starts (its birth), and when we come back to the
broker and may have missed that, it is shown what is gone once more, and then told to remove it.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from wallflower.publish.discovery.device import REMOVED, Device, Payload, text


class Grave(enum.StrEnum):
    """What is to be done about a component that is gone."""

    SHOW = "show"
    """To be announced as if it were there, so that it can be removed."""
    REMOVE = "remove"
    """To be removed."""
    REST = "rest"
    """Nothing until `show_graves`: Home Assistant may have been away at its removal."""


@dataclass(slots=True)
class Entry:
    """All that was ever announced on one discovery topic, and has not left for good."""

    payload: Payload = field(default_factory=dict)
    """Without its components."""
    components: dict[str, Payload] = field(default_factory=dict)
    graves: dict[str, Grave] = field(default_factory=dict)
    """Which of `components` are gone; all of them: the device is."""
    kept: list[str] = field(default_factory=list)
    """Retained topics that go with it."""
    stale: list[str] = field(default_factory=list)
    """Retained topics to clear, once Home Assistant does not look at them any more."""

    @property
    def living(self) -> dict[str, Payload]:
        return {key: one for key, one in self.components.items() if key not in self.graves}

    def text(self) -> str:
        """The payload to announce now."""
        graves = {key: _lying(self.components[key], grave) for key, grave in self.graves.items()}
        shown = {key: one for key, one in graves.items() if one is not None}
        if not self.living and Grave.SHOW not in self.graves.values():
            return REMOVED
        return text(self.payload, self.living | shown)


def _lying(component: Payload, grave: Grave) -> Payload | None:
    match grave:
        case Grave.SHOW:
            return component
        case Grave.REMOVE:
            return {"p": component["p"]}
        case Grave.REST:
            return None


class Ledger:
    """Entries by discovery topic."""

    def __init__(self, entries: Mapping[str, Entry] | None = None) -> None:
        self._entries = dict(entries or {})

    @classmethod
    def read(cls, stored: str) -> Ledger:
        """What `write` made. Raises `ValueError`, `KeyError` or `TypeError` of anything else."""
        return cls({topic: _entry(**kept) for topic, kept in json.loads(stored).items()})

    def write(self) -> str:
        entries = {topic: asdict(entry) for topic, entry in self._entries.items()}
        return json.dumps(entries, ensure_ascii=False, sort_keys=True)

    def topics(self) -> list[str]:
        """Of all devices that Home Assistant may know of, those that are gone included."""
        return [topic for topic, entry in self._entries.items() if entry.components]

    def left(self) -> list[str]:
        """Of devices that Home Assistant knows no more, but that have topics to clear."""
        return [topic for topic, entry in self._entries.items() if not entry.components]

    def present(self, topic: str, device: Device) -> None:
        """This is what the device looks like now."""
        entry = self._entries.setdefault(topic, Entry())
        gone = entry.components.keys() - device.components.keys()
        entry.graves = {key: entry.graves.get(key, Grave.REMOVE) for key in gone}
        entry.payload = device.payload
        entry.components = {**entry.components, **device.components}
        self._keep(entry, device.kept)

    def absent(self, topic: str) -> None:
        """There is no such device any more.

        Its triggers go first: those that lose their device clear our topic, each for itself, and
        Home Assistant warns of that.
        """
        if (entry := self._entries.get(topic)) is not None:
            living = entry.living
            triggers = [key for key, one in living.items() if _forgettable(one)]
            entities = Grave.SHOW if triggers else Grave.REMOVE
            gone = {key: Grave.REMOVE if key in triggers else entities for key in living}
            entry.graves = gone | entry.graves
            self._keep(entry, ())

    def disown(self, base: str) -> None:
        """The topics that begin with `base` are somebody else's: leave them alone."""
        for entry in self._entries.values():
            entry.stale = [one for one in entry.stale if not one.startswith(f"{base}/")]
            entry.kept = [one for one in entry.kept if not one.startswith(f"{base}/")]

    def bases(self) -> set[str]:
        """What the topics of a Wallflower as a whole began with."""
        kept = {one for entry in self._entries.values() for one in (*entry.kept, *entry.stale)}
        ours = {one.removesuffix("/health") for one in kept if one.endswith("/health")}
        return {base for base in ours if not any(base.startswith(f"{one}/") for one in ours)}

    def show_graves(self) -> list[str]:
        """Home Assistant may have missed what went: of these devices something is to be removed."""
        for entry in self._entries.values():
            entry.graves = {
                key: grave if _forgettable(entry.components[key]) else Grave.SHOW
                for key, grave in entry.graves.items()
            }
        return [topic for topic, entry in self._entries.items() if entry.graves]

    def text(self, topic: str) -> str:
        """The payload to announce now; `REMOVED` for what never was there."""
        return self._entries.get(topic, Entry()).text()

    def stale(self, topic: str) -> list[str]:
        """The retained topics to clear once Home Assistant has taken in what `text` says."""
        entry = self._entries.get(topic, Entry())
        # A device that is shown for the last time still looks at them.
        return list(entry.stale) if entry.living or entry.text() == REMOVED else []

    def told(self, topic: str, *, heard: bool) -> None:
        """The broker has what `text` says. `heard`: Home Assistant has it, too."""
        entry = self._entries.get(topic)
        if entry is None:
            return
        for key, grave in list(entry.graves.items()):
            if grave is Grave.SHOW:
                entry.graves[key] = Grave.REMOVE
            elif grave is Grave.REMOVE and (heard or _forgettable(entry.components[key])):
                del entry.graves[key], entry.components[key]
            else:
                entry.graves[key] = Grave.REST
        self._bury(topic)

    def cleared(self, topic: str, stale: str) -> None:
        """The broker keeps nothing any more on one of the `stale` topics."""
        self._entries[topic].stale.remove(stale)
        self._bury(topic)

    def _bury(self, topic: str) -> None:
        """Forget a device of which nothing is left."""
        entry = self._entries[topic]
        if not entry.components and not entry.stale:
            del self._entries[topic]

    def _keep(self, entry: Entry, kept: tuple[str, ...]) -> None:
        gone = [topic for topic in entry.kept if topic not in kept]
        entry.stale = [one for one in dict.fromkeys(entry.stale + gone) if one not in kept]
        entry.kept = list(kept)


def _forgettable(component: Payload) -> bool:
    """Home Assistant remembers entities, but no triggers, over its own restarts."""
    return component["p"] == "device_automation"


def _entry(graves: Mapping[str, str], **rest: Any) -> Entry:
    return Entry(graves={key: Grave(grave) for key, grave in graves.items()}, **rest)
