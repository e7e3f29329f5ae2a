"""Silero's voice detector: how likely each frame is speech."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from wallflower.audio.framing import FRAME, FRAMES_PER_STEP
from wallflower.domain.errors import ModelMissing
from wallflower.domain.speech import Pcm
from wallflower.runtime.inference import open_session

CONTEXT: Final = 64
"""Samples of the frame before that the network sees again."""

STATE: Final = 128
FULL_SCALE: Final = np.float32(1 / 32768)

Probabilities = npt.NDArray[np.float32]
"""One number from 0 to 1 per frame."""


def packaged_model() -> Path:
    """Silero VAD v6 as faster-whisper ships it. Found without importing that package.

    Raises `ModelMissing`.
    """
    spec = importlib.util.find_spec("faster_whisper")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder, "assets", "silero_vad_v6.onnx")
        if path.is_file():
            return path
    raise ModelMissing(
        "The voice detector silero_vad_v6.onnx is not there; install faster-whisper 1.2 again."
    )


class SileroModel:
    """The network, shared by all streams and threads: it keeps nothing between calls."""

    def __init__(self, session: Any) -> None:
        self._session = session

    @classmethod
    def load(cls, path: Path | None = None) -> SileroModel:
        """Read the weights from `path`, or those that came with faster-whisper. Blocks.

        Raises `ModelMissing` when they are not there or cannot be read.
        """
        path = path or packaged_model()
        try:
            # On the CPU wherever it is: four frames take a quarter of a millisecond, less than
            # the way to a graphics card and back.
            session = open_session(path.read_bytes())
        except Exception as error:
            # onnxruntime's own exceptions have no common base class.
            raise ModelMissing(
                f"The voice detector {path} cannot be read ({type(error).__name__}); "
                "install faster-whisper again."
            ) from error
        return cls(session)

    def run(
        self, frames: npt.NDArray[np.float32], h: npt.NDArray[Any], c: npt.NDArray[Any]
    ) -> tuple[Probabilities, npt.NDArray[Any], npt.NDArray[Any]]:
        """Judge consecutive frames (n, `CONTEXT` + `FRAME`); gives (n,) and the next state."""
        out, h, c = self._session.run(None, {"input": frames, "h": h, "c": c})
        return out.reshape(-1), h, c


class Judge:
    """One stream's place in the network: its state and the end of the frame before."""

    def __init__(self, model: SileroModel) -> None:
        self._model = model
        self._input = np.zeros((FRAMES_PER_STEP, CONTEXT + FRAME), np.float32)
        self.reset()

    def reset(self) -> None:
        """What comes next does not follow what was judged last."""
        self._h = np.zeros((1, 1, STATE), np.float32)
        self._c = np.zeros((1, 1, STATE), np.float32)
        self._context = np.zeros(CONTEXT, np.float32)

    def probabilities(self, pcm: Pcm) -> Probabilities:
        """How likely each frame of a step (1 to `STEP` samples) is speech.

        A last frame that is not full counts as if silence followed.
        """
        frames = -(-len(pcm) // FRAME)
        sound = np.zeros(frames * FRAME, np.float32)
        np.multiply(pcm, FULL_SCALE, out=sound[: len(pcm)], casting="unsafe")
        batch = self._input[:frames]
        batch[:, CONTEXT:] = sound.reshape(frames, FRAME)
        batch[0, :CONTEXT] = self._context
        batch[1:, :CONTEXT] = batch[:-1, -CONTEXT:]
        self._context = batch[-1, -CONTEXT:].copy()
        probabilities, self._h, self._c = self._model.run(batch, self._h, self._c)
        return probabilities
