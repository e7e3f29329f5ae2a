from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.audio.made import sound
from tests.audio.recordings import read_sound
from wallflower.audio import SileroModel
from wallflower.audio.framing import FRAME, STEP
from wallflower.audio.judge import Judge, packaged_model
from wallflower.domain.errors import ModelMissing
from wallflower.domain.speech import Pcm


def judged(judge: Judge, pcm: Pcm) -> list[float]:
    steps = [pcm[at : at + STEP] for at in range(0, len(pcm), STEP)]
    return [p for step in steps for p in judge.probabilities(step).tolist()]


def test_its_weights_come_with_the_packages_we_need() -> None:
    assert packaged_model().stat().st_size > 1_000_000


def test_a_missing_model_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(ModelMissing, match="install faster-whisper"):
        SileroModel.load()


def test_damaged_weights_are_a_missing_model(tmp_path: Path) -> None:
    path = tmp_path / "vad.onnx"
    path.write_bytes(b"not a network")
    with pytest.raises(ModelMissing, match=r"vad\.onnx cannot be read"):
        SileroModel.load(path)


def test_a_path_without_a_file_is_a_missing_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        SileroModel.load(tmp_path / "gone.onnx")


@pytest.mark.parametrize("kind", ["zero", "quiet", "loud"])
def test_noise_and_silence_are_no_speech(silero: SileroModel, kind: str) -> None:
    assert max(judged(Judge(silero), sound((kind, 4.0)))) < 0.5


def test_a_short_step_counts_as_if_silence_followed(silero: SileroModel) -> None:
    pcm = sound(("loud", 0.1))[: FRAME + 7]
    padded = np.concatenate((pcm, np.zeros(FRAME - 7, np.int16)))
    assert len(judged(Judge(silero), pcm)) == 2
    assert judged(Judge(silero), pcm) == judged(Judge(silero), padded)


@pytest.mark.speech
def test_speech_is_speech_and_streams_do_not_mix(silero: SileroModel, speech: Path) -> None:
    pcm = read_sound(speech / "asr/librivox-0870.flac")[: STEP * 40]
    alone = judged(Judge(silero), pcm)
    assert np.median(alone) > 0.8
    one, other = Judge(silero), Judge(silero)
    together = []
    for at in range(0, len(pcm), STEP):
        together += one.probabilities(pcm[at : at + STEP]).tolist()
        other.probabilities(np.flip(pcm)[at : at + STEP])
    assert together == alone


@pytest.mark.speech
def test_after_a_reset_it_is_as_new(silero: SileroModel, speech: Path) -> None:
    pcm = read_sound(speech / "asr/librivox-0880.flac")[: STEP * 10]
    judge = Judge(silero)
    first = judged(judge, pcm)
    assert judged(judge, pcm) != first
    judge.reset()
    assert judged(judge, pcm) == first
