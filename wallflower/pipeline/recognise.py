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
    if not transcript.words:
        return ()
    heard = VoicesHeard()
    if speakers is not None:
        try:
            heard = await speakers.hear(utterance)
        except StoreError as error:
            _log.warning("%s: nobody knows who spoke: %s", utterance.stream_id, error)
    lines = fuse(utterance, transcript, heard.turns)
    return with_prints(lines, utterance, heard.prints)
