"""How likely it is that a stretch of speech belongs to a known voice. Pure numpy.

How much speech tells for a voice and against a stranger comes from the encoder's calibration; here
it meets what is known before a word is heard: who was heard in this room, how long ago, and how
often somebody new comes. Bayes' rule makes a probability per voice of it, with "nobody we know" as
one more candidate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from wallflower.domain.prints import Embedding
from wallflower.domain.times import WallTime
from wallflower.domain.voices import Voice
from wallflower.speakers.odds.calibration import Array, Calibration, unit
from wallflower.speakers.odds.verification import enrolled

ELSEWHERE: Final = 2.0
"""Added to log odds between two rooms of one house: nobody sounds in one as in the other."""
ROOM_SCALE: Final = 1.33
ROOM_OFFSET: Final = 0.1
ROOM_PIECE: Final = -1.32
ROOM_VOICE: Final = -0.79
ROOM_CONTRAST: Final = -0.097
"""Log odds inside one room: scale, offset, and what is added per natural logarithm of the seconds
of both sides and per dB of contrast above `ROOM_DB`. The room and the microphone are common to
both sides there, so strangers are more alike than people in general, the more so the longer and
clearer they speak, for then little else is left to differ."""
ROOM_DB: Final = (10.0, 17.0, 35.0)
"""The least contrast that counts, the middle, and the most."""
PIECE_S: Final = (0.5, 8.0)
VOICE_S: Final = (0.5, 40.0)
ARRIVAL: Final = (0.03, 0.40)
"""How often a piece is of a voice not heard before, at least and at most. The constants that trade
errors: too low joins people, too high splits them."""
ARRIVAL_S: Final = 10.0
"""It falls as more is known: `ARRIVAL_S / (ARRIVAL_S + seconds of all voices)`, within these."""
AT_HOME: Final = 4.0
"""How much likelier somebody is in a room they were heard in before."""
STRANGER_RUN_S: Final = (0.6, 1.0)
"""Shorter than the first: never taken for somebody new. The second: how fast that fades."""
RECENT_S: Final = 120.0
"""People who talk go on talking: how fast that fades, and"""
RECENT: Final = 4.0
"""how much likelier than others somebody is who just spoke."""
LEARN_FROM_S: Final = 40.0
"""A voice's print counts as at most so much speech when it learns, so that it can follow a cold,
a new room or a growing child."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One voice of an utterance."""

    windows: npt.NDArray[np.int64]
    """The numbers of its windows, rising."""
    mean: npt.NDArray[np.float32]
    """Mean of its prints, L2 norm 1."""
    speech_s: float
    longest_run_s: float
    """Its longest stretch without another voice in between."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where and when something is heard, and by what ear."""

    stream_id: str
    calibration: Calibration
    contrast_db: float
    """How far speech stands out from this room, over the last utterances."""
    at: WallTime


def posterior(piece: Piece, voices: Sequence[Voice], place: Place) -> Array:
    """Probability of each voice, and last of a stranger; shape (voices + 1,), sums to 1."""
    if not voices:
        return np.ones(1)
    odds = place.calibration.log_odds(
        piece.mean[None],
        np.array([piece.speech_s]),
        [enrolled(place.calibration, voice) for voice in voices],
        place.contrast_db,
    )[0]
    here_s = np.array([_heard_s(voice, place.stream_id) for voice in voices])
    # A voice is one of this room as far as what is known of it comes from here.
    at_home = here_s / np.array([max(voice.speech_s, 1e-9) for voice in voices])
    inside = in_one_room(odds, piece.speech_s, here_s, place.contrast_db)
    odds = at_home * inside + (1.0 - at_home) * (odds + ELSEWHERE)
    priors = _priors(voices, here_s > 0, piece.longest_run_s, place.at)
    evidence = np.append(odds, 0.0) + np.log(priors)
    likelihood = np.exp(evidence - evidence.max())
    return np.asarray(likelihood / likelihood.sum())


def _heard_s(voice: Voice, stream_id: str) -> float:
    here = voice.print_on(stream_id)
    return here.speech_s if here else 0.0


def in_one_room(
    odds: Array, piece_s: Array | float, voices_s: Array | float, contrast_db: float
) -> Array:
    """Log odds between stretches heard in one room; fitted on talks in many rooms."""
    least, middle, most = ROOM_DB
    return np.asarray(
        ROOM_SCALE * odds
        + ROOM_OFFSET
        + ROOM_PIECE * np.log(np.clip(piece_s, *PIECE_S))
        + ROOM_VOICE * np.log(np.clip(voices_s, *VOICE_S))
        + ROOM_CONTRAST * (np.clip(contrast_db, least, most) - middle)
    )


def _priors(
    voices: Sequence[Voice], here: npt.NDArray[np.bool_], run_s: float, at: WallTime
) -> Array:
    """Before a word is heard: shape (voices + 1,), the last for a stranger; about 1 together."""
    ago_s = np.array([at.seconds_since(voice.last_heard) for voice in voices])
    weight = 1.0 + (RECENT - 1.0) * np.exp(-np.maximum(ago_s, 0.0) / RECENT_S)
    weight *= np.where(here, AT_HOME, 1.0)
    known_s = sum(voice.speech_s for voice in voices)
    arrives = float(np.clip(ARRIVAL_S / (ARRIVAL_S + known_s), *ARRIVAL))
    shortest, fade = STRANGER_RUN_S
    stranger = arrives * (1.0 - np.exp(-max(0.0, run_s - shortest) / fade))
    return np.append((1.0 - arrives) * weight / weight.sum(), stranger) + 1e-3


def grown(voice: Embedding, speech_s: float, piece: Piece) -> Embedding:
    """A voice's print of `speech_s` seconds after learning from `piece`."""
    weight = np.float32(min(speech_s, LEARN_FROM_S))
    return unit(voice * weight + piece.mean * np.float32(piece.speech_s))
