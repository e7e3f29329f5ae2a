from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import pytest
from faster_whisper.audio import decode_audio
from whisper_normalizer.english import EnglishTextNormalizer

from wallflower.asr.embedded import guard
from wallflower.asr.embedded.decode import Decoder, Heard, Speech
from wallflower.asr.embedded.weights import Weights
from wallflower.domain.errors import EngineFailed
from wallflower.domain.speech import Pcm
from wallflower.domain.times import SAMPLE_RATE

Say = Callable[..., Pcm]
SENTENCES = (
    "the kettle is on the stove and it is boiling",
    "please close the window before it rains",
    "my sister will visit us on Sunday afternoon with the children and the dog",
)


def whole(pcm: Pcm) -> Speech:
    return Speech(pcm, 0.0, len(pcm) / SAMPLE_RATE)


def text_of(heard: Heard) -> str:
    return " ".join(word.text for word in heard.words)


def plain(heard: Heard) -> str:
    return text_of(heard).lower().replace(",", "").replace(".", "")


def from_file(path: Path, most_s: int = 30) -> Speech:
    sound = decode_audio(str(path))[: most_s * SAMPLE_RATE]
    return whole((sound * 32767).clip(-32768, 32767).astype(np.int16))


def test_a_sentence_comes_back_with_word_times(decoder: Decoder, say: Say) -> None:
    (heard,) = decoder.decode([whole(say(SENTENCES[0]))])
    assert plain(heard) == SENTENCES[0]
    assert heard.language == "en"
    assert all(0 < word.probability <= 1 for word in heard.words)
    times = [time for word in heard.words for time in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert times[-1] > times[0] + 1.5


def test_word_times_are_where_the_word_is(decoder: Decoder, say: Say) -> None:
    """A pause of a second between two halves must lie between their words."""
    first, second = say(SENTENCES[1]), say("good night everybody")
    pause = np.zeros(SAMPLE_RATE, np.int16)
    (heard,) = decoder.decode([whole(np.concatenate([first, pause, second]))])
    border_s = (len(first) + len(pause) / 2) / SAMPLE_RATE
    before = [word.text for word in heard.words if word.end_s < border_s]
    assert " ".join(before).lower().strip(".,") == SENTENCES[1]
    later = [word for word in heard.words if word.start_s > border_s]
    assert [word.text.lower().strip(".,!") for word in later] == ["good", "night", "everybody"]


def test_words_stay_inside_the_speech_the_detector_found(decoder: Decoder, say: Say) -> None:
    pcm = say(SENTENCES[1])
    (heard,) = decoder.decode([Speech(pcm, 0.3, len(pcm) / SAMPLE_RATE - 0.3)])
    assert heard.words[0].start_s >= 0.3
    assert heard.words[-1].end_s <= len(pcm) / SAMPLE_RATE - 0.3


def test_a_batch_reads_as_each_alone(decoder: Decoder, say: Say) -> None:
    batch = [whole(say(text, voice)) for text in SENTENCES for voice in ("slt", "kal")]
    together = [text_of(heard) for heard in decoder.decode(batch)]
    alone = [text_of(decoder.decode([speech])[0]) for speech in batch]
    assert together == alone


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.3, 5.0])
@pytest.mark.parametrize("level", [0, 20, 3000])
def test_silence_and_noise_are_nothing(decoder: Decoder, seconds: float, level: int) -> None:
    noise = np.random.default_rng(7).standard_normal(int(seconds * SAMPLE_RATE)) * level
    (heard,) = decoder.decode([whole(noise.astype(np.int16))])
    assert heard == Heard((), "en")


def test_a_real_thank_you_is_kept(decoder: Decoder, say: Say) -> None:
    (heard,) = decoder.decode([whole(say("thank you"))])
    assert plain(heard) == "thank you"


def test_more_than_the_window_holds_is_read_to_the_end(decoder: Decoder, say: Say) -> None:
    parts = [say(text) for text in SENTENCES * 4]
    pcm = np.concatenate(parts)
    assert len(pcm) > 35 * SAMPLE_RATE
    (heard,) = decoder.decode([whole(pcm)])
    assert jiwer.wer(" ".join(SENTENCES * 4).lower(), plain(heard)) < 0.1
    assert heard.words[-1].end_s > len(pcm) / SAMPLE_RATE - 2.0
    assert all(a.end_s <= b.start_s for a, b in itertools.pairwise(heard.words))


def test_what_loops_is_tried_again_with_the_full_window(
    weights: Weights, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard is made to call the first text a loop; the model does the rest for real."""
    verdicts: list[str] = []
    judge = guard.judge

    def suspicious(text: str, evidence: guard.Evidence) -> guard.Verdict:
        verdicts.append(text)
        return guard.Verdict.LOOPING if len(verdicts) == 1 else judge(text, evidence)

    monkeypatch.setattr(guard, "judge", suspicious)
    decoder = Decoder(weights, language="en")
    (heard,) = decoder.decode([whole(say(SENTENCES[0]))])
    assert plain(heard) == SENTENCES[0]
    assert len(verdicts) == 2


def test_what_always_loops_is_given_up(
    weights: Weights, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    def never(text: str, evidence: guard.Evidence) -> guard.Verdict:
        tries.append(text)
        return guard.Verdict.LOOPING

    monkeypatch.setattr(guard, "judge", never)
    (heard,) = Decoder(weights, language="en").decode([whole(say(SENTENCES[1]))])
    assert heard.words == ()
    assert len(tries) == 3


def test_once_stopped_it_gives_up(weights: Weights, say: Say) -> None:
    decoder = Decoder(weights, language="en")
    decoder.stop()
    with pytest.raises(EngineFailed, match="stopped"):
        decoder.decode([whole(say(SENTENCES[0]))])


@pytest.mark.speech
def test_real_speech_is_read_well(decoder: Decoder, speech: Path) -> None:
    rows: list[dict[str, Any]] = json.loads((speech / "manifest.json").read_text())
    said = sorted(
        (row for row in rows if row["task"] == "asr" and row.get("text")),
        key=lambda row: float(row["dur"]),
    )[::3]
    heard: list[str] = []
    for first in range(0, len(said), 8):
        batch = [from_file(speech / row["path"]) for row in said[first : first + 8]]
        heard += map(text_of, decoder.decode(batch))
    normal = EnglishTextNormalizer()
    truth = [normal(row["text"]) for row in said]
    assert jiwer.wer(truth, [normal(text) for text in heard]) <= 0.15


@pytest.mark.speech
def test_household_noises_are_nothing(decoder: Decoder, speech: Path) -> None:
    clips = sorted((speech / "noise").glob("*.flac"))
    written: list[str] = []
    for first in range(0, len(clips), 8):
        batch = [from_file(clip, 8) for clip in clips[first : first + 8]]
        written += map(text_of, decoder.decode(batch))
    assert sum(not text for text in written) >= len(clips) - 2, [text for text in written if text]
