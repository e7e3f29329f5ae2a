"""The people of the house: `wallflower.domain.people.PeopleControl` for real."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Final, Protocol

from wallflower.domain.errors import BadInput
from wallflower.domain.events import Event
from wallflower.domain.people import Correction, Verification
from wallflower.domain.speech import Line, Pcm
from wallflower.domain.times import WallTime
from wallflower.domain.voices import RoomPrint, Sample, Voice
from wallflower.house.profiles import Profile, profiles_file, profiles_in
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock
from wallflower.speakers.hindsight.parting import parting
from wallflower.speakers.hindsight.repair import prints_of
from wallflower.store import Mending, Store

CORRECTIONS_MAX: Final = 500


class Ear(Protocol):
    """What the speaker stage makes of clips."""

    @property
    def encoder(self) -> str:
        """Name and version of the encoder in use."""
        ...

    @property
    def dimension(self) -> int:
        """How many numbers its prints have."""
        ...

    async def learn(self, pcm: Pcm, at: WallTime) -> tuple[RoomPrint, Sample]:
        """What one person's clip teaches. Raises `BadInput` with too little speech in it."""
        ...

    async def print_of(self, samples: Sequence[Sample]) -> RoomPrint | None:
        """The print that kept samples give; None when there is too little speech in them."""
        ...

    async def verify(self, pcm: Pcm, voice: Voice, house: Sequence[Voice]) -> Verification:
        """Whether `pcm` is of `voice`, which has prints, rather than of somebody else."""
        ...


class People:
    """One event loop only. Without an `ear` (speakers are switched off) nobody can be heard."""

    def __init__(self, store: Store, bus: Bus, clock: Clock, ear: Ear | None) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock
        self._ear = ear
        self._mending = Mending("" if ear is None else ear.encoder, prints_of)

    async def rename(self, voice_id: int, name: str) -> Voice:
        self._publish(await self._store.people.rename(self._mending, voice_id, name))
        return await self._store.voices.get(voice_id)

    async def merge(self, gone: Sequence[int], into: int) -> Voice:
        self._publish(await self._store.people.merge(self._mending, gone, into))
        return await self._store.voices.get(into)

    async def split(self, voice_id: int, lines: Sequence[int], name: str | None = None) -> Voice:
        chosen = list(lines) or await self._parting(voice_id)
        new, events = await self._store.people.split(self._mending, voice_id, chosen, name)
        self._publish(events)
        return await self._store.voices.get(new)

    async def reassign(
        self, line_id: int, voice_id: int | None, *, text: str | None = None
    ) -> Line:
        self._publish(await self._store.people.reassign(self._mending, line_id, voice_id, text))
        return await self._store.lines.get(line_id)

    async def enrol_lines(self, name: str, lines: Sequence[int]) -> Voice:
        if not lines:
            raise BadInput("Choose at least one line.")
        person, events = await self._store.people.enrol(self._mending, name, lines=lines)
        self._publish(events)
        return await self._store.voices.get(person)

    async def enrol_clip(self, name: str, pcm: Pcm) -> Voice:
        learnt, sample = await self._hearing().learn(pcm, self._clock.wall())
        return await self._enrol(name, [learnt], [sample])

    async def verify(self, voice_id: int, pcm: Pcm) -> Verification:
        ear = self._hearing()
        name = (await self._store.voices.get(voice_id)).name
        house = await self._store.voices.all(ear.encoder)
        voice = next((each for each in house if each.id == voice_id), None)
        if voice is None:
            raise BadInput(f"Nobody knows yet what {name} sounds like: record a clip first.")
        return await ear.verify(pcm, voice, [each for each in house if each is not voice])

    async def forget(self, voice_id: int) -> None:
        # `keeping.scrub` hears of it: rewriting a large file takes longer than people wait.
        self._publish([await self._store.people.forget(voice_id)])

    async def undo(self, correction_id: int) -> Correction:
        undone, events = await self._store.people.undo(self._mending, correction_id)
        self._publish(events)
        return undone

    async def correction(self, correction_id: int) -> Correction:
        return await self._store.people.correction(correction_id)

    async def corrections(self, limit: int = 50) -> Sequence[Correction]:
        return await self._store.people.corrections(max(1, min(limit, CORRECTIONS_MAX)))

    async def export(self, voice_ids: Sequence[int], *, samples: bool) -> dict[str, Any]:
        """Without `voice_ids` everybody who has a name."""
        if voice_ids:
            voices = [await self._store.voices.get(each) for each in dict.fromkeys(voice_ids)]
        else:
            everyone = await self._store.voices.everyone()
            voices = sorted((each for each in everyone if each.known), key=lambda each: each.id)
        for voice in voices:
            if not voice.known:
                raise BadInput(f"{voice.name} has no name yet; name a voice before exporting it.")
        people = [
            (voice, await self._store.voices.samples(voice.id) if samples else ())
            for voice in voices
        ]
        return await asyncio.to_thread(profiles_file, people, self._clock.wall())

    async def import_(self, profiles: dict[str, Any]) -> Sequence[Voice]:
        # All of them are understood before the first is stored.
        read = await asyncio.to_thread(profiles_in, profiles)
        known = [(each, await self._prints(each)) for each in read]
        return [await self._enrol(each.name, prints, each.samples) for each, prints in known]

    async def _enrol(
        self, name: str, prints: Sequence[RoomPrint], samples: Sequence[Sample]
    ) -> Voice:
        person, events = await self._store.people.enrol(
            self._mending, name, prints=prints, samples=samples
        )
        self._publish(events)
        return await self._store.voices.get(person)

    async def _prints(self, profile: Profile) -> Sequence[RoomPrint]:
        """A profile's prints as this house's encoder makes them."""
        ear = self._hearing()
        if prints := profile.prints.get(ear.encoder):
            if any(len(each.embedding) != ear.dimension for each in prints):
                raise BadInput(
                    f"A print of {profile.name} is broken: it must have {ear.dimension} numbers."
                )
            return prints
        from_samples = await ear.print_of(profile.samples) if profile.samples else None
        if from_samples is None:
            others = ", ".join(profile.prints) or "none"
            raise BadInput(
                f"{profile.name}'s prints are of another encoder ({others}), and this house hears "
                f"with {ear.encoder}: export the profile again with audio."
            )
        return [from_samples]

    async def _parting(self, voice_id: int) -> list[int]:
        name = (await self._store.voices.get(voice_id)).name
        encoder = self._hearing().encoder
        lines = await self._store.lines.heard(encoder, since=WallTime(0), voice_id=voice_id)
        if not (proposed := await asyncio.to_thread(parting, lines)):
            raise BadInput(f"Nothing tells two people apart in {name}: choose the lines yourself.")
        return proposed

    def _hearing(self) -> Ear:
        if self._ear is None:
            raise BadInput("Telling voices apart is switched off; set speakers.enabled to true.")
        return self._ear

    def _publish(self, events: Iterable[Event]) -> None:
        for event in events:
            self._bus.publish(event)
