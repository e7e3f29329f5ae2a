"""Made sound, and a judge that calls loud sound speech: exact tests of everything around Silero."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from wallflower.audio import Ended, Heard, Segmenter, SegmenterSettings, SileroModel
from wallflower.audio.judge import CONTEXT
from wallflower.domain.pcm import PcmBlock
from wallflower.domain.speech import Pcm, Utterance
from wallflower.domain.times import SAMPLE_RATE, MediaTime, WallTime

START = WallTime.from_iso("2026-03-01T08:00:00Z")


class LoudIsSpeech:
    """Stands where the network's session stands: 0.95 for loud frames, 0.3 for half-loud ones
    (less than begins speech, enough to go on), 0.05 for the rest."""

    def run(self, _names: object, inputs: dict[str, npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
        loudness = np.sqrt(np.square(inputs["input"][:, CONTEXT:]).mean(axis=1))
        probability = np.select([loudness > 0.05, loudness > 0.01], [0.95, 0.3], 0.05)
        return [probability.astype(np.float32), inputs["h"], inputs["c"]]


def loudness_model() -> SileroModel:
    return SileroModel(LoudIsSpeech())


def sound(*parts: tuple[str, float], seed: int = 0) -> Pcm:
    """Parts one after another: ("loud" | "half" | "quiet" | "zero", seconds).

    Noise, so that every sample differs from its neighbours and a lost one would be noticed.
    """
    rng = np.random.default_rng(seed)
    sigma = {"loud": 6000, "half": 800, "quiet": 30, "zero": 0}
    made = [rng.normal(0, sigma[kind], round(s * SAMPLE_RATE)) for kind, s in parts]
    return np.concatenate(made).clip(-32768, 32767).astype(np.int16)


def blocks(
    pcm: Pcm, lengths: Iterable[int] = (), *, first: int = 0, rest: int = 2048
) -> Iterator[PcmBlock]:
    """`pcm` in blocks of `lengths` samples, then of `rest`; `first` is its place in the run."""
    at, sizes = 0, iter(lengths)
    while at < len(pcm):
        size = next(sizes, rest)
        media = MediaTime.from_samples(first + at)
        wall = START.plus((first + at) / SAMPLE_RATE)
        yield PcmBlock(pcm[at : at + size].tobytes(), media, wall)
        at += size


def hear(
    pcm: Pcm,
    model: SileroModel,
    settings: SegmenterSettings | None = None,
    lengths: Iterable[int] = (),
) -> list[Heard]:
    """Everything heard in `pcm`, from the first block to the flush."""
    segmenter = Segmenter("hall", model, settings)
    heard = [event for block in blocks(pcm, lengths) for event in segmenter.feed(block)]
    return heard + segmenter.flush()


def ended(heard: Iterable[Heard]) -> list[Utterance]:
    return [event.utterance for event in heard if isinstance(event, Ended)]


def begins_at(utterance: Utterance) -> int:
    """The number of its first sample in the run."""
    return round(utterance.start.seconds_since(START) * SAMPLE_RATE)
