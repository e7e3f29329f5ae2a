from __future__ import annotations

import json

import numpy as np

from wallflower.cli.transcribe.formats import as_json, as_srt, as_vtt, turns_as_rttm
from wallflower.domain.speech import Line, SpeakerRef, Turn, Utterance, VoicesHeard, Word
from wallflower.domain.times import WallTime

LINE = Line(
    stream_id="talk",
    start=WallTime.from_seconds(3723.5),
    end=WallTime.from_seconds(3725.0),
    text="Salt & <pepper>",
    words=(Word("Salt", 0.0, 0.5, 0.9), Word("& <pepper>", 0.5, 1.5, 0.8)),
    speaker=SpeakerRef(1, "Voice 1", known=False, confidence=0.9),
    language="en",
    confidence=0.85,
    engine="embedded:tiny.en",
)


def test_json_has_the_times_of_the_file() -> None:
    row = json.loads(as_json(LINE))
    assert (row["start"], row["end"], row["speaker"]) == (3723.5, 3725.0, "Voice 1")
    assert row["words"][1] == {
        "text": "& <pepper>",
        "start": 3724.0,
        "end": 3725.0,
        "probability": 0.8,
    }


def test_srt() -> None:
    expected = "7\n01:02:03,500 --> 01:02:05,000\nVoice 1: Salt & <pepper>\n"
    assert as_srt(LINE, 7) == expected


def test_vtt_escapes() -> None:
    expected = "01:02:03.500 --> 01:02:05.000\n<v Voice 1>Salt &amp; &lt;pepper&gt;\n"
    assert as_vtt(LINE) == expected


def utterance() -> Utterance:
    pcm = np.zeros(64_000, np.int16)
    return Utterance("talk", 1, pcm, WallTime.from_seconds(60.0), 0.5, 3.5)


def test_rttm_has_the_turns_and_no_spaces_in_names() -> None:
    one, two = (SpeakerRef(n, f"Voice {n}", known=False, confidence=0.9) for n in (1, 2))
    heard = VoicesHeard((Turn(0.5, 2.0, one), Turn(2.0, 3.5, two)))
    assert list(turns_as_rttm(utterance(), heard, "my talk")) == [
        "SPEAKER my_talk 1 60.500 1.500 <NA> <NA> Voice_1 <NA> <NA>",
        "SPEAKER my_talk 1 62.000 1.500 <NA> <NA> Voice_2 <NA> <NA>",
    ]


def test_rttm_leaves_out_speech_too_short_to_tell_a_voice() -> None:
    assert list(turns_as_rttm(utterance(), VoicesHeard(), "talk")) == []
