"""From an ended utterance to its lines: words, then speakers, then fusion."""

from __future__ import annotations

import logging

from wallflower.asr.contract import Recognition
from wallflower.domain.errors import EngineFailed, StoreError
from wallflower.domain.speech import Line, Transcript, Utterance, VoicesHeard
from wallflower.pipeline.shared import Speakers
from wallflower.timeline import fuse, with_prints

_log = logging.getLogger(__name__)


async def words_of(utterance: Utterance, recognition: Recognition) -> Transcript:
    """What was said. A failed engine gets one more try; raises `EngineFailed` after that."""
    try:
        return await recognition.final(utterance)
    except EngineFailed as error:
        _log.warning("%s: tried again after: %s", utterance.stream_id, error)
        return await recognition.final(utterance)


async def lines_of(
    utterance: Utterance, transcript: Transcript, speakers: Speakers | None
) -> tuple[Line, ...]:
    """Who said it; no lines when nothing was said.

    Speakers are asked only about utterances with words, so that a barking dog founds no voice.
    While voices cannot be kept (a full disk), lines come without a speaker.
    """
    heard = await voices_of(utterance, transcript, speakers)
    return with_prints(fuse(utterance, transcript, heard.turns), utterance, heard.prints)


async def voices_of(
    utterance: Utterance, transcript: Transcript, speakers: Speakers | None
) -> VoicesHeard:
    """Who speaks in it, under the same conditions as in `lines_of`."""
    if speakers is None or not transcript.words:
        return VoicesHeard()
    try:
        return await speakers.hear(utterance)
    except StoreError as error:
        _log.warning("%s: nobody knows who spoke: %s", utterance.stream_id, error)
        return VoicesHeard()
