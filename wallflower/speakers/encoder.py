"""Sound to voice prints: the GE2E encoder in ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from wallflower.domain.errors import ModelMissing
from wallflower.domain.speech import Pcm
from wallflower.domain.times import SAMPLE_RATE
from wallflower.speakers.features import BANDS, HOP_SAMPLES, mel_spectrogram, raising_gain
from wallflower.speakers.manifest import Manifest, read_manifest

Embeddings = npt.NDArray[np.float32]
"""Voice prints, shape (windows, dimension), each of L2 norm 1."""

SHIPPED: Final = Path(__file__).parent / "model"
BATCH: Final = 16
"""Windows per call: from 8 on a window costs less than half of what it costs alone; more than
this only costs memory."""


class Encoder:
    """A voice encoder, loaded. `embed` may be called from any thread, one at a time."""

    def __init__(self, manifest: Manifest, session: Any) -> None:
        self._manifest = manifest
        self._session = session

    @classmethod
    def load(cls, folder: Path | None = None) -> Encoder:
        """The encoder in `folder`, or the one in the package. Blocks for about 0.1 s.

        Raises `ModelMissing` when it is not there, damaged, or not usable here.
        """
        manifest, model = read_manifest(folder or SHIPPED)
        options = ort.SessionOptions()
        # One thread: the work is small, and its neighbours are recognisers that need the cores.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        try:
            session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
            (mels,), (embeddings,) = session.get_inputs(), session.get_outputs()
        except Exception as error:  # ONNX Runtime raises bare and pybind exceptions alike
            raise ModelMissing(
                f"The speaker encoder {manifest.name} cannot be used: {error}."
            ) from error
        if mels.shape[-1] != BANDS or embeddings.shape[-1] != manifest.dimension:
            raise ModelMissing(
                f"The speaker encoder {manifest.name} does not have the shape its manifest says."
            )
        return cls(manifest, session)

    @property
    def name(self) -> str:
        """Name and version: prints of different encoders never mix."""
        return f"{self._manifest.name} {self._manifest.version}"

    @property
    def dimension(self) -> int:
        return self._manifest.dimension

    @property
    def window_samples(self) -> int:
        """The length of sound that `embed` is best at."""
        return round(self._manifest.window_s * SAMPLE_RATE)

    def embed(self, windows: Sequence[Pcm]) -> Embeddings:
        """One print per window, in order. Blocks for about 2 ms per second of window.

        Windows may be of any length from 10 ms on; those of one length are computed together.
        """
        prints = np.zeros((len(windows), self.dimension), dtype=np.float32)
        by_frames: dict[int, list[int]] = {}
        for at, window in enumerate(windows):
            by_frames.setdefault(len(window) // HOP_SAMPLES, []).append(at)
        for frames, group in by_frames.items():
            for first in range(0, len(group), BATCH):
                batch = group[first : first + BATCH]
                # The frame centred behind the last sample is left out, as Resemblyzer does.
                mels = [
                    mel_spectrogram(windows[at], raising_gain(windows[at]))[:frames] for at in batch
                ]
                (prints[batch],) = self._session.run(None, {"mels": np.stack(mels)})
        return prints
