"""From an ended utterance to its lines: words, then speakers, then fusion."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from wallflower.asr.contract import Recognition
from wallflower.domain.errors import EngineFailed, StoreError
from wallflower.domain.speech import Line, Transcript, Turn, Utterance
from wallflower.pipeline.shared import Speakers
from wallflower.timeline import fuse

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
    turns: Sequence[Turn] = ()
    if speakers is not None:
        try:
            turns = await speakers.turns(utterance)
        except StoreError as error:
            _log.warning("%s: nobody knows who spoke: %s", utterance.stream_id, error)
    return fuse(utterance, transcript, turns)
