"""A day in a made-up house: residents known by name, visitors nobody knows, three rooms.

Voice detector, speaker stage, store and second look are the real ones; the recogniser alone is left
out, so that every turn becomes a line. Sound and truth come from `talks.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from tests.support.clock import ManualClock
from tests.support.talks import Kind, Library, Reading, Room, Said, Sound, Talk, make_talk
from wallflower.audio import Ended, Segmenter, SileroModel
from wallflower.domain.pcm import PcmBlock
from wallflower.domain.speech import Line, Pcm, Utterance, VoicesHeard
from wallflower.domain.times import SAMPLE_RATE, MediaTime, WallTime
from wallflower.house.ear import ClipEar
from wallflower.house.people import People
from wallflower.house.second_look import SecondLook
from wallflower.runtime.bus import Bus
from wallflower.runtime.health import Health
from wallflower.runtime.workers import Workers
from wallflower.speakers import Encoder, Speakers
from wallflower.store import Store

MORNING: Final = WallTime.from_iso("2026-03-01T07:00:00Z")
BLOCK_BYTES: Final = 4096
ROOMS: Final[tuple[tuple[str, Kind], ...]] = (
    ("kitchen", "living"),
    ("hall", "quiet"),
    ("workshop", "noisy"),
)
CLIP_S: Final = 8.0
"""How long a resident talks to be enrolled."""


@dataclass(frozen=True)
class Day:
    """How it went."""

    residents_right: float
    """Share of residents' lines that carry their name."""
    visitors_taken: float
    """Share of visitors' lines that carry a resident's name."""
    visitor_voices: int
    """Voices without a name that any line is of."""
    lines: int
    announced_right: float
    """Residents' lines right as first announced."""


def utterances(stream: str, pcm: Pcm, start: WallTime, vad: SileroModel) -> list[Utterance]:
    """The speech of `pcm`, heard on `stream` from `start` on."""
    segmenter, heard, sound = Segmenter(stream, vad), [], pcm.tobytes()
    for at in range(0, len(sound), BLOCK_BYTES):
        media = MediaTime.from_samples(at // 2)
        wall = WallTime(start.ns + media.ns)
        heard += segmenter.feed(PcmBlock(sound[at : at + BLOCK_BYTES], media, wall))
    heard += segmenter.flush()
    return [event.utterance for event in heard if isinstance(event, Ended)]


async def live(speech: Path, folder: Path, *, seed: int, talks: int, seconds: float = 60.0) -> Day:
    """A day of `talks` conversations, in `folder`; readers held back from all tuning."""
    clock = ManualClock(MORNING.iso())
    store = await Store.open(folder / "wallflower.db", clock=clock)
    workers = Workers("speakers")
    try:
        encoder = await workers.run(Encoder.load)
        vad = await workers.run(SileroModel.load)
        house = _House(store, encoder, workers, clock, vad)
        library = await asyncio.to_thread(Library.load, speech, "held")
        return await house.day(library, seed, talks, seconds)
    finally:
        await asyncio.to_thread(workers.close)
        await store.close()


class _House:
    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        workers: Workers,
        clock: ManualClock,
        vad: SileroModel,
    ) -> None:
        bus = Bus()
        self._store = store
        self._clock = clock
        self._encoder = encoder
        self._speakers = Speakers(encoder, store.voices, workers)
        self._people = People(store, bus, clock, ClipEar(encoder, workers))
        self._look = SecondLook(store, encoder, workers, bus, clock, Health())
        self._vad = vad
        self._true: dict[int, str | None] = {}
        """Who really said each line; None: two people at once, or nobody."""
        self._announced: dict[int, str | None] = {}

    async def day(self, library: Library, seed: int, talks: int, seconds: float) -> Day:
        residents, plan = await asyncio.to_thread(_plan, library, seed, talks, seconds)
        for name, clip in residents.items():
            await self._people.enrol_clip(name, clip)
        for stream, talk in plan:
            await self._hear(stream, talk)
            await self._look.look()
            await self._clock.advance(1200.0)
        return await self._judged(set(residents))

    async def _hear(self, stream: str, talk: Talk) -> None:
        start = self._clock.wall()
        said = await asyncio.to_thread(utterances, stream, talk.pcm, start, self._vad)
        for utterance in said:
            heard = await self._speakers.hear(utterance)
            for event in await self._store.lines.commit(_lines(utterance, heard)):
                line = event.line
                assert line.id is not None
                self._true[line.id] = _speaker(talk.said, start, line)
                self._announced[line.id] = _name(line)
        await self._clock.advance(len(talk.pcm) / SAMPLE_RATE + 30.0)

    async def _judged(self, residents: set[str]) -> Day:
        told = {number: _name(await self._store.lines.get(number)) for number in self._true}
        own = [number for number, true in self._true.items() if true in residents]
        others = [number for number, true in self._true.items() if true and true not in residents]
        return Day(
            residents_right=_share(told[number] == self._true[number] for number in own),
            announced_right=_share(self._announced[number] == self._true[number] for number in own),
            visitors_taken=_share(told[number] in residents for number in others),
            visitor_voices=len(set(told.values()) - residents - {None}),
            lines=len(told),
        )


def _lines(utterance: Utterance, heard: VoicesHeard) -> list[Line]:
    """Every turn as if it were a word."""
    return [
        Line(
            stream_id=utterance.stream_id,
            start=utterance.start.plus(turn.start_s),
            end=utterance.start.plus(turn.end_s),
            text="…",
            words=(),
            speaker=turn.speaker,
            language="en",
            confidence=1.0,
            engine="none",
            prints=heard.prints and heard.prints.between(turn.start_s, turn.end_s),
        )
        for turn in heard.turns
    ]


def _share(of: Iterable[bool]) -> float:
    return float(np.mean(list(of)))


def _plan(
    library: Library, seed: int, talks: int, seconds: float
) -> tuple[dict[str, Pcm], list[tuple[str, Talk]]]:
    """The clips that residents are enrolled by, and where which talk is heard."""
    draw = np.random.default_rng(seed)
    residents = list(library.talkers[:3])
    strangers = sorted(set(library.readers) - set(library.talkers))
    visitors = [strangers[at] for at in draw.choice(len(strangers), 4, replace=False)]
    readings = {who: Reading(library.clips(who), seed) for who in [*residents, *visitors]}
    rooms = {stream: Room.made(library, kind, seed) for stream, kind in ROOMS}
    clips = {who: _clip(readings[who]) for who in residents}
    plan = []
    for number in range(talks):
        stream = ROOMS[int(draw.integers(len(ROOMS)))][0]
        # Two in three talks are among residents, at times one alone on the phone.
        few = draw.permutation(residents)[: draw.integers(1, 4)].tolist()
        guests = draw.permutation(visitors)[: draw.integers(1, 3)].tolist()
        people = few if draw.random() < 0.6 else [few[0], *guests]
        talk = make_talk(
            {who: readings[who] for who in people},
            rooms[stream],
            name=f"{stream} {number}",
            seconds=seconds,
            seed=number,
        )
        plan.append((stream, talk))
    return clips, plan


def _clip(reading: Reading) -> Pcm:
    parts: list[Sound] = []
    while sum(map(len, parts)) < CLIP_S * SAMPLE_RATE:
        parts.append(reading.next(CLIP_S))
    sound = np.concatenate(parts)[: round(CLIP_S * SAMPLE_RATE)]
    pcm: Pcm = (np.clip(sound, -1.0, 1.0) * 32767).round().astype(np.int16)
    return pcm


def _name(line: Line) -> str | None:
    return line.speaker.name if line.speaker else None


def _speaker(said: Sequence[Said], start: WallTime, line: Line) -> str | None:
    """Who says most of `line`, if that is most of what is said there at all."""
    first_s, last_s = line.start.seconds_since(start), line.end.seconds_since(start)
    shared: dict[str, float] = {}
    for each in said:
        overlap_s = min(each.end_s, last_s) - max(each.start_s, first_s)
        if overlap_s > 0:
            shared[each.who] = shared.get(each.who, 0.0) + overlap_s
    if not shared:
        return None
    most = max(shared, key=lambda who: shared[who])
    return most if shared[most] >= 0.6 * sum(shared.values()) else None
