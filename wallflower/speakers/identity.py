"""Who speaks: utterances in, turns of known and new voices out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from wallflower.domain.errors import StoreError
from wallflower.domain.speech import Pcm, Turn, Utterance
from wallflower.domain.times import WallTime
from wallflower.domain.voices import Voice, VoiceKeeper
from wallflower.runtime.workers import Workers
from wallflower.speakers.batching import Batching
from wallflower.speakers.clustering import pieces_of
from wallflower.speakers.decision import Decision, decide
from wallflower.speakers.encoder import Encoder
from wallflower.speakers.looking import filled, first_look, second_look
from wallflower.speakers.room import Room
from wallflower.speakers.scoring import Piece, Prints, grown, strangers_score
from wallflower.speakers.windows import windows_of

_log = logging.getLogger(__name__)


class Speakers:
    """Tells the voices of the house apart, on all streams; one event loop only.

    Voices live with `keeper`, which is asked anew for every utterance: names given meanwhile and
    voices removed meanwhile count at once. Any number of `turns` may run at the same time; their
    windows are encoded together, their decisions are made one after the other.
    """

    def __init__(self, encoder: Encoder, keeper: VoiceKeeper, workers: Workers) -> None:
        self._encoder = encoder
        self._keeper = keeper
        self._batching = Batching(encoder, workers)
        self._deciding = asyncio.Lock()
        self._rooms: dict[str, Room] = {}

    async def turns(self, utterance: Utterance) -> tuple[Turn, ...]:
        """The voices of `utterance` in the order they speak; they do not overlap.

        A turn's confidence is the probability (0 to 1) that it is this voice and neither another
        nor a stranger. Stretches that fit nobody and are too short to found a voice have no turn.
        A snapshot (`ended` is false) founds no voice and teaches none.
        """
        windows = windows_of(utterance, self._encoder.window_samples)
        if not windows.sound:
            return ()
        prints = await self._prints(windows.sound)
        pieces = pieces_of(prints, windows.shares_s)
        room = self._rooms.setdefault(utterance.stream_id, Room())
        # Two streams must not both found the voice that they both hear first.
        async with self._deciding:
            voices = list(await self._keeper.all(self._encoder.name))
            known = room.known(voices, self._encoder.dimension)
            heard_s = room.heard_s
            if utterance.ended or not heard_s:
                room.hear(utterance.pcm, float(windows.shares_s.sum()))
            strangers = strangers_score(room.contrast_db)
            decisions = decide(pieces, known, strangers, heard_s)
            if utterance.ended:
                at = utterance.start.plus(utterance.speech_end_s)
                voices = await self._keep(room, voices, pieces, decisions, at)
        return _turns(windows.edges_s, pieces, decisions, voices)

    def forget(self, stream_id: str) -> None:
        """Forget the place of a stream that is gone, or that listens elsewhere from now on."""
        self._rooms.pop(stream_id, None)

    async def _prints(self, sound: Sequence[Pcm]) -> Prints:
        looked = first_look(len(sound))
        prints = await self._batching.embed([sound[at] for at in looked])
        more = second_look(looked, prints)
        if len(more):
            added = await self._batching.embed([sound[at] for at in more])
            looked, prints = np.append(looked, more), np.vstack([prints, added])
        return filled(len(sound), looked, prints)

    async def _keep(
        self,
        room: Room,
        voices: list[Voice],
        pieces: Sequence[Piece],
        decisions: Sequence[Decision],
        at: WallTime,
    ) -> list[Voice]:
        """Let the keeper have what was founded and learnt; the voices as they are now."""
        name = self._encoder.name
        for piece, decision in zip(pieces, decisions, strict=True):
            if decision.founded:
                voices.append(await self._keeper.add(name, piece.mean, piece.speech_s, at))
            elif decision.learn and decision.voice is not None:
                old = voices[decision.voice]
                new = replace(
                    old,
                    centroid=grown(old.centroid, old.speech_s, piece),
                    speech_s=old.speech_s + piece.speech_s,
                    last_heard=at,
                )
                voices[decision.voice] = new
                try:
                    await self._keeper.update(new.id, new.centroid, new.speech_s, at)
                except StoreError as error:
                    # The name is what people wait for; the print is learnt again another time.
                    _log.warning("What %s sounded like now is not kept: %s", new.name, error)
            if decision.learn and decision.voice is not None:
                room.learn(voices[decision.voice].id, piece)
        return voices


def _turns(
    edges_s: npt.NDArray[np.float64],
    pieces: Sequence[Piece],
    decisions: Sequence[Decision],
    voices: Sequence[Voice],
) -> tuple[Turn, ...]:
    owner: dict[int, tuple[Voice, float]] = {}
    for piece, decision in zip(pieces, decisions, strict=True):
        if decision.voice is not None and decision.voice < len(voices):
            for window in piece.windows.tolist():
                owner[window] = (voices[decision.voice], decision.confidence)
    turns: list[Turn] = []
    for window in sorted(owner):
        voice, confidence = owner[window]
        start_s, end_s = float(edges_s[window]), float(edges_s[window + 1])
        last = turns[-1] if turns else None
        if last and last.end_s == start_s and last.speaker.id == voice.id:
            seconds = last.end_s - last.start_s
            mean = (last.speaker.confidence * seconds + confidence * (end_s - start_s)) / (
                end_s - last.start_s
            )
            turns[-1] = Turn(last.start_s, end_s, voice.ref(mean))
        else:
            turns.append(Turn(start_s, end_s, voice.ref(confidence)))
    return tuple(turns)
