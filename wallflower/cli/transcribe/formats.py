"""Lines as JSON rows, subtitles or RTTM (pure)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from wallflower.domain.speech import Line, Utterance, VoicesHeard
from wallflower.domain.times import WallTime

EPOCH: Final = WallTime(0)


def as_json(line: Line) -> str:
    """One row: times in seconds of the file, word times too."""
    start_s = line.start.seconds_since(EPOCH)
    words = [
        {
            "text": word.text,
            "start": round(start_s + word.start_s, 3),
            "end": round(start_s + word.end_s, 3),
            "probability": round(word.probability, 3),
        }
        for word in line.words
    ]
    row = {
        "start": round(start_s, 3),
        "end": round(line.end.seconds_since(EPOCH), 3),
        "speaker": _speaker(line),
        "text": line.text,
        "words": words,
        "language": line.language,
        "confidence": round(line.confidence, 3),
    }
    return json.dumps(row, ensure_ascii=False)


def as_srt(line: Line, number: int) -> str:
    """One SubRip cue; `number` counts from 1."""
    times = f"{_stamp(line.start, ',')} --> {_stamp(line.end, ',')}"
    return f"{number}\n{times}\n{_speaker(line)}: {line.text}\n"


def as_vtt(line: Line) -> str:
    """One WebVTT cue; the file begins with `WEBVTT` and an empty line."""
    times = f"{_stamp(line.start, '.')} --> {_stamp(line.end, '.')}"
    text = line.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"{times}\n<v {_speaker(line)}>{text}\n"


def turns_as_rttm(utterance: Utterance, heard: VoicesHeard, name: str) -> Iterator[str]:
    """NIST RTTM rows: every turn, as the voice was heard; `name` is the recording's.

    No row for an utterance with too little speech to tell a voice. Spaces become `_`.
    """
    start_s = utterance.start.seconds_since(EPOCH)
    for turn in heard.turns:
        times = f"{start_s + turn.start_s:.3f} {turn.end_s - turn.start_s:.3f}"
        who = _joined(turn.speaker.name)
        yield f"SPEAKER {_joined(name)} 1 {times} <NA> <NA> {who} <NA> <NA>"


def _joined(text: str) -> str:
    return text.replace(" ", "_")


def _speaker(line: Line) -> str:
    return line.speaker.name if line.speaker else "Unknown"


def _stamp(moment: WallTime, comma: str) -> str:
    milliseconds = round(moment.seconds_since(EPOCH) * 1000)
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{comma}{milliseconds:03d}"
