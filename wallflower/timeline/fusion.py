"""Who said which word: a transcript and the turns of its utterance become lines. Pure.

1. Every word goes to the voice whose turns overlap it most; in a gap between turns, to the
   nearest turn.
2. A short single word between two stretches of one other voice joins them, unless pauses set it
   apart: turn edges are known to about 0.2 s, and a flip and back within a sentence is nearly
   always such an error, while a real "yes" in between stands free.
3. A change of voice within 0.5 s of a better place moves there: the end of a sentence, a pause,
   or a comma, because people change turns at such places and the recogniser knows them exactly.
4. Consecutive words of one voice are one line, however many turns they came from: within an
   utterance nobody paused for long, and one line is easier to read than two.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from wallflower.domain.speech import Line, SpeakerRef, Transcript, Turn, Utterance, Word

FLIP_S: Final = 0.5
"""Only a word shorter than this can be a flip; longer ones are evidence."""
APART_S: Final = 0.25
"""A pause of this length on both sides sets a word apart."""
SNAP_S: Final = 0.5
"""How far a change of voice may move."""

SENTENCE_ENDS: Final = (".", "?", "!", "…", "。", "？", "！")
CLAUSE_ENDS: Final = (",", ";", ":", "、", "，")


def fuse(utterance: Utterance, transcript: Transcript, turns: Sequence[Turn]) -> tuple[Line, ...]:
    """The lines of `utterance`, in order; every word of `transcript` is in exactly one.

    Word times are first put in order and inside the utterance. Without turns all words are one
    line without a speaker; without words there is no line. A line's speaker has the mean
    confidence of its words' turns and is sure when they mostly are; the line has the mean
    probability of its words.
    """
    words = _orderly(transcript.words, utterance.duration_s)
    if not words:
        return ()
    if not turns:
        return (_line(utterance, transcript, words, None),)
    owners = _settled(words, [_owner(word, turns) for word in words])
    ids = _snapped(words, [owner.speaker.id for owner in owners])
    lines = []
    for _, group in groupby(range(len(words)), key=ids.__getitem__):
        mine = list(group)
        speaker = _speaker(ids[mine[0]], [owners[at] for at in mine], turns)
        lines.append(_line(utterance, transcript, [words[at] for at in mine], speaker))
    return tuple(lines)


def _orderly(words: Sequence[Word], duration_s: float) -> list[Word]:
    orderly: list[Word] = []
    earliest_s = 0.0
    for word in words:
        start_s = min(max(word.start_s, earliest_s), duration_s)
        end_s = min(max(word.end_s, start_s), duration_s)
        orderly.append(Word(word.text, start_s, end_s, word.probability))
        earliest_s = start_s
    return orderly


def _owner(word: Word, turns: Sequence[Turn]) -> Turn:
    """The turn `word` belongs to: of the voice with most overlap, else the nearest."""
    overlap_s: dict[int, float] = {}
    for turn in turns:
        shared_s = min(word.end_s, turn.end_s) - max(word.start_s, turn.start_s)
        if shared_s > 0:
            overlap_s[turn.speaker.id] = overlap_s.get(turn.speaker.id, 0.0) + shared_s
    voice = max(overlap_s, key=overlap_s.__getitem__) if overlap_s else None
    middle_s = (word.start_s + word.end_s) / 2

    def distance_s(turn: Turn) -> float:
        return max(turn.start_s - middle_s, middle_s - turn.end_s, 0.0)

    return min((t for t in turns if voice is None or t.speaker.id == voice), key=distance_s)


def _settled(words: Sequence[Word], owners: list[Turn]) -> list[Turn]:
    """Rule 2."""
    settled = list(owners)
    for at in range(1, len(words) - 1):
        before, here, after = settled[at - 1].speaker, owners[at].speaker, owners[at + 1].speaker
        if (
            before.id == after.id != here.id
            and words[at].end_s - words[at].start_s < FLIP_S
            and not (_pause_s(words, at) >= APART_S and _pause_s(words, at + 1) >= APART_S)
        ):
            settled[at] = settled[at - 1]
    return settled


def _snapped(words: Sequence[Word], ids: list[int]) -> list[int]:
    """Rule 3: `ids` with each change moved to the best place near it; no voice loses all words."""
    snapped = list(ids)
    changes = [at for at in range(1, len(ids)) if ids[at] != ids[at - 1]]
    for number, change in enumerate(changes):
        # Places from the last change, as it was moved, to the next one, leaving a word each.
        first = changes[number - 1] + 1 if number else 1
        last = changes[number + 1] - 1 if number + 1 < len(changes) else len(ids) - 1
        edge_s = words[change].start_s
        places = [at for at in range(first, last + 1) if abs(words[at].start_s - edge_s) <= SNAP_S]
        best = max(places, key=lambda at: (_break(words, at), -abs(at - change)), default=change)
        if _break(words, best) > _break(words, change):
            for at in range(min(best, change), max(best, change)):
                snapped[at] = ids[change - 1] if best > change else ids[change]
            changes[number] = best
    return snapped


def _break(words: Sequence[Word], at: int) -> int:
    """How good a place before word `at` is for a change of voice, 0 to 5."""
    text = words[at - 1].text
    punctuation = 3 if text.endswith(SENTENCE_ENDS) else 1 if text.endswith(CLAUSE_ENDS) else 0
    return punctuation + (2 if _pause_s(words, at) >= APART_S else 0)


def _pause_s(words: Sequence[Word], at: int) -> float:
    """Silence before word `at`."""
    return words[at].start_s - words[at - 1].end_s


def _speaker(voice: int, owners: Sequence[Turn], turns: Sequence[Turn]) -> SpeakerRef:
    refs = [turn.speaker for turn in owners if turn.speaker.id == voice]
    if not refs:  # all its words came by rules 2 and 3
        refs = [turn.speaker for turn in turns if turn.speaker.id == voice]
    mean = sum(ref.confidence for ref in refs) / len(refs)
    sure = 2 * sum(ref.sure for ref in refs) >= len(refs)
    return SpeakerRef(voice, refs[0].name, refs[0].known, mean, sure)


def _line(
    utterance: Utterance,
    transcript: Transcript,
    words: Sequence[Word],
    speaker: SpeakerRef | None,
) -> Line:
    start_s = words[0].start_s
    end_s = max(word.end_s for word in words)
    return Line(
        stream_id=utterance.stream_id,
        start=utterance.start.plus(start_s),
        end=utterance.start.plus(end_s),
        text=" ".join(word.text for word in words),
        words=tuple(
            Word(word.text, word.start_s - start_s, word.end_s - start_s, word.probability)
            for word in words
        ),
        speaker=speaker,
        language=transcript.language,
        confidence=sum(word.probability for word in words) / len(words),
        engine=transcript.engine,
    )
