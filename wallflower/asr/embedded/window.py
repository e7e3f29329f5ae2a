"""The encoder's window: as long as the speech, not 30 seconds.

Whisper was trained on windows of 30 s, padded with silence, and the encoder's work grows faster
than the window. So only the speech and one second after it is encoded. The decoder, though,
loops or stops early when the silence it is used to does not follow: it gets the encoder's states
of silence, computed once when the model is loaded, until `FLOOR_S`.
"""

from __future__ import annotations

from typing import Any, Final

import ctranslate2
import numpy as np
import numpy.typing as npt
from faster_whisper.feature_extractor import FeatureExtractor

from wallflower.domain.speech import Pcm
from wallflower.domain.times import SAMPLE_RATE

States = npt.NDArray[np.float32]
"""What the encoder made of a window, shape (states, model width); a state is 20 ms."""

WINDOW_S: Final = 30.0
"""What the model can hear at once."""
FLOOR_S: Final = 10.0
"""The decoder is never shown less than this; with 6 s it falls into loops."""
MARGIN_S: Final = 1.0
"""Real silence that is encoded behind the speech."""
FRAMES_PER_S: Final = 100
STATES_PER_S: Final = 50
_HOP: Final = SAMPLE_RATE // FRAMES_PER_S
_FULL: Final = int(WINDOW_S * FRAMES_PER_S)
FULL_STATES: Final = int(WINDOW_S * STATES_PER_S)


class Encoder:
    """Makes states of PCM. Several threads may use one."""

    def __init__(self, model: Any, mel_bands: int) -> None:
        """`model` is a `ctranslate2.models.Whisper`. Encodes one full window: blocks."""
        self._model = model
        self._mel = FeatureExtractor(feature_size=mel_bands)
        self._silence = self._encode(self._window(_knock(), _FULL))

    def encode(self, pcm: Pcm, *, full: bool = False) -> States:
        """States of `pcm` (at most `WINDOW_S` seconds) and some silence; `full`: of 30 s."""
        frames = _FULL if full else min(_FULL, len(pcm) // _HOP + int(MARGIN_S * FRAMES_PER_S))
        return self._encode(self._window(pcm, frames + frames % 2))

    def stack(self, windows: list[States]) -> Any:
        """One `StorageView` of shape (windows, states, width), all followed by silence."""
        length = max(int(FLOOR_S * STATES_PER_S), *(len(states) for states in windows))
        batch = np.empty((len(windows), length, self._silence.shape[1]), np.float32)
        for row, states in zip(batch, windows, strict=True):
            row[: len(states)] = states
            row[len(states) :] = self._silence[len(states) : length]
        return ctranslate2.StorageView.from_array(batch)

    def _window(self, pcm: Pcm, frames: int) -> States:
        """Log-mel of `pcm`, shape (bands, frames); what follows it is digital silence.

        Computed for the speech alone: in silence every band has the lowest value the scale has.
        """
        sound = pcm.astype(np.float32) / 32768.0
        heard = self._mel(sound, padding=2 * _HOP)[:, :frames]
        window = np.full((len(heard), frames), heard.max() - 2.0, np.float32)
        window[:, : heard.shape[1]] = heard
        return window

    def _encode(self, window: npt.NDArray[np.float32]) -> States:
        mel = ctranslate2.StorageView.from_array(window[np.newaxis])
        states = self._model.encode(mel, to_cpu=True)
        found: States = np.array(states, np.float32)[0]
        return found


def _knock() -> Pcm:
    """Something to be silent after: 1.8 s of a deep rumble, always the same."""
    rumble = np.zeros(2 * SAMPLE_RATE)
    steps = np.random.default_rng(0).standard_normal(int(1.8 * SAMPLE_RATE))
    rumble[-len(steps) :] = np.cumsum(steps)
    pcm: Pcm = (rumble / np.abs(rumble).max() * 16000).astype(np.int16)
    return pcm
