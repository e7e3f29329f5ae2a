"""From an ended utterance to its lines: words, then speakers, then fusion."""

from __future__ import annotations

import logging
from dataclasses import replace

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

    While voices cannot be kept (a full disk), lines come without a speaker.
    """
    if not transcript.words:
        return ()
    heard = await voices_of(utterance, transcript, speakers)
    return with_prints(fuse(utterance, transcript, heard.turns), utterance, heard.prints)


async def voices_of(
    utterance: Utterance, transcript: Transcript, speakers: Speakers | None
) -> VoicesHeard:
    """Who speaks in it. Without words it founds no voice and teaches none: it may be a dog."""
    if speakers is None:
        return VoicesHeard()
    if not transcript.words:
        utterance = replace(utterance, ended=False)
    try:
        return await speakers.hear(utterance)
    except StoreError as error:
        _log.warning("%s: nobody knows who spoke: %s", utterance.stream_id, error)
        return VoicesHeard()
