"""Who speaks: utterances in, turns of known and new voices out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from wallflower.domain.errors import StoreError
from wallflower.domain.prints import Prints
from wallflower.domain.speech import Utterance, VoicesHeard
from wallflower.domain.times import SAMPLE_RATE
from wallflower.domain.voices import RoomPrint, Voice, VoiceKeeper
from wallflower.runtime.workers import Workers
from wallflower.speakers.batching import Batching
from wallflower.speakers.encoder import Encoder
from wallflower.speakers.online.clustering import cleaned, pieces_of
from wallflower.speakers.online.decision import Decision, decide
from wallflower.speakers.online.learning import Offers, clip_of
from wallflower.speakers.online.overlap import marked
from wallflower.speakers.online.room import Room, contrast_db
from wallflower.speakers.online.scoring import Piece, Place
from wallflower.speakers.online.turns import known_windows, turns_of
from wallflower.speakers.online.windows import Speech

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
        self._workers = workers
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
        speech = Speech.of(utterance, self._encoder.window_samples)
        if speech is None:
            return VoicesHeard()
        prints = await self._prints(speech, contrast_db(utterance.pcm))
        pieces = await self._workers.run(pieces_of, prints, self._encoder.calibration)
        room = self._rooms.setdefault(utterance.stream_id, Room())
        # Two streams must not both found the voice that they both hear first.
        async with self._deciding:
            voices = list(await self._keeper.all(self._encoder.name))
            if utterance.ended or not room.heard_s:
                room.hear(prints.contrast_db, len(speech.pcm) / SAMPLE_RATE)
            mixed = marked(prints, voices, utterance.stream_id)
            lessons = [cleaned(piece, mixed) for piece in pieces]
            decisions = decide(pieces, voices, self._place(utterance, room), lessons)
            prints = replace(
                prints, overlapped=mixed.overlapped & known_windows(prints, pieces, decisions)
            )
            if utterance.ended:
                voices = await self._keep(utterance, prints, voices, pieces, decisions)
        return VoicesHeard(turns_of(prints, pieces, decisions, voices), prints)

    def forget(self, stream_id: str) -> None:
        """Forget the place of a stream that is gone, or that listens elsewhere from now on."""
        self._rooms.pop(stream_id, None)

    async def _prints(self, speech: Speech, contrast: float) -> Prints:
        starts = speech.starts()
        windows = await self._batching.embed(speech.sound(starts))
        overlapped = np.zeros(len(windows), dtype=np.bool_)
        name, edges_s = self._encoder.name, speech.edges_s(starts)
        return Prints(name, windows, edges_s, overlapped, contrast)

    def _place(self, utterance: Utterance, room: Room) -> Place:
        at = utterance.start.plus(utterance.speech_end_s)
        calibration = self._encoder.calibration
        return Place(utterance.stream_id, calibration, room.contrast_db, at)

    async def _keep(
        self,
        utterance: Utterance,
        prints: Prints,
        voices: list[Voice],
        pieces: Sequence[Piece],
        decisions: Sequence[Decision],
    ) -> list[Voice]:
        """Let the keeper have what was founded and learnt; the voices as they are now."""
        for piece, decision in zip(pieces, decisions, strict=True):
            if decision.voice is None or decision.learnt is None:
                continue
            if decision.founded:
                voices.append(await self._keeper.add(self._encoder.name, decision.learnt))
            else:
                before = voices[decision.voice]
                voices[decision.voice] = before.sounding(decision.learnt)
                await self._update(before, decision.learnt)
            await self._offer(voices[decision.voice], utterance, prints, piece, decision)
        return voices

    async def _update(self, voice: Voice, learnt: RoomPrint) -> None:
        # Lines may have moved meanwhile: what grew from a print made before is not wanted then.
        before = voice.print_on(learnt.stream_id)
        try:
            await self._keeper.update(self._encoder.name, voice.id, learnt, grown_from=before)
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
