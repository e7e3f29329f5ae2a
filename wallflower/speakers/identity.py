"""Who speaks: utterances in, turns of known and new voices out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import numpy as np

from wallflower.domain.errors import StoreError
from wallflower.domain.prints import Prints
from wallflower.domain.speech import Pcm, Turn, Utterance, VoicesHeard
from wallflower.domain.voices import RoomPrint, Voice, VoiceKeeper
from wallflower.runtime.workers import Workers
from wallflower.speakers.batching import Batching
from wallflower.speakers.clustering import pieces_of
from wallflower.speakers.decision import Decision, decide
from wallflower.speakers.encoder import Encoder
from wallflower.speakers.learning import Offers, clip_of, first_print, print_after
from wallflower.speakers.looking import filled, first_look, second_look
from wallflower.speakers.room import Room, contrast_db, known_on
from wallflower.speakers.scoring import Piece, Vectors, strangers_score
from wallflower.speakers.windows import windows_of

_log = logging.getLogger(__name__)


class Speakers:
    """Tells the voices of the house apart, on all streams; one event loop only.

    Voices live with `keeper`, which is asked anew for every utterance: what people or the second
    look change meanwhile counts at once. Any number of `hear` may run at the same time; their
    windows are encoded together, their decisions are made one after the other.
    """

    def __init__(self, encoder: Encoder, keeper: VoiceKeeper, workers: Workers) -> None:
        self._encoder = encoder
        self._keeper = keeper
        self._batching = Batching(encoder, workers)
        self._deciding = asyncio.Lock()
        self._rooms: dict[str, Room] = {}
        self._offers = Offers()

    async def hear(self, utterance: Utterance) -> VoicesHeard:
        """The voices of `utterance` in the order they speak, and its prints.

        A turn's confidence is the probability (0 to 1) that it is this voice and neither another
        nor a stranger. Stretches that fit nobody and are too short to found a voice have no turn.
        A snapshot (`ended` is false) founds no voice and teaches none.
        """
        windows = windows_of(utterance, self._encoder.window_samples)
        if not windows.sound:
            return VoicesHeard()
        vectors = await self._vectors(windows.sound)
        overlapped = np.zeros(len(vectors), dtype=np.bool_)
        contrast = contrast_db(utterance.pcm)
        prints = Prints(self._encoder.name, vectors, windows.edges_s, overlapped, contrast)
        pieces = pieces_of(prints)
        room = self._rooms.setdefault(utterance.stream_id, Room())
        # Two streams must not both found the voice that they both hear first.
        async with self._deciding:
            voices = list(await self._keeper.all(self._encoder.name))
            known = known_on(utterance.stream_id, voices, self._encoder.dimension)
            heard_s = room.heard_s
            if utterance.ended or not heard_s:
                room.hear(contrast, float(windows.shares_s.sum()))
            decisions = decide(pieces, known, strangers_score(room.contrast_db), heard_s)
            if utterance.ended:
                voices = await self._keep(utterance, prints, voices, pieces, decisions)
        return VoicesHeard(_turns(prints, pieces, decisions, voices), prints)

    def forget(self, stream_id: str) -> None:
        """Forget the place of a stream that is gone, or that listens elsewhere from now on."""
        self._rooms.pop(stream_id, None)

    async def _vectors(self, sound: Sequence[Pcm]) -> Vectors:
        looked = first_look(len(sound))
        vectors = await self._batching.embed([sound[at] for at in looked])
        more = second_look(looked, vectors)
        if len(more):
            added = await self._batching.embed([sound[at] for at in more])
            looked, vectors = np.append(looked, more), np.vstack([vectors, added])
        return filled(len(sound), looked, vectors)

    async def _keep(
        self,
        utterance: Utterance,
        prints: Prints,
        voices: list[Voice],
        pieces: Sequence[Piece],
        decisions: Sequence[Decision],
    ) -> list[Voice]:
        """Let the keeper have what was founded and learnt; the voices as they are now."""
        stream, at = utterance.stream_id, utterance.start.plus(utterance.speech_end_s)
        for piece, decision in zip(pieces, decisions, strict=True):
            if decision.voice is None or not decision.learn:
                continue
            if decision.founded:
                first = first_print(stream, piece, at)
                voices.append(await self._keeper.add(self._encoder.name, first))
            else:
                learnt = print_after(voices[decision.voice], stream, piece, at)
                voices[decision.voice] = voices[decision.voice].sounding(learnt)
                await self._update(voices[decision.voice], learnt)
            await self._offer(voices[decision.voice], utterance, prints, piece, decision)
        return voices

    async def _update(self, voice: Voice, learnt: RoomPrint) -> None:
        try:
            await self._keeper.update(self._encoder.name, voice.id, learnt)
        except StoreError as error:
            # The name is what people wait for; the print is learnt again another time.
            _log.warning("What %s sounded like now is not kept: %s", voice.name, error)

    async def _offer(
        self,
        voice: Voice,
        utterance: Utterance,
        prints: Prints,
        piece: Piece,
        decision: Decision,
    ) -> None:
        sample = clip_of(utterance, prints, piece, decision.confidence)
        if sample is None or not self._offers.worth(voice.id, sample):
            return
        try:
            await self._keeper.keep_sample(voice.id, sample)
        except StoreError as error:
            _log.warning("A clip of %s is not kept: %s", voice.name, error)


def _turns(
    prints: Prints,
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
        start_s, end_s = float(prints.edges_s[window]), float(prints.edges_s[window + 1])
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
