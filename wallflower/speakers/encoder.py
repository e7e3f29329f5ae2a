"""Sound to voice prints: any encoder with a manifest, in ONNX Runtime."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from wallflower.domain.errors import ModelMissing
from wallflower.domain.speech import Pcm
from wallflower.domain.times import SAMPLE_RATE
from wallflower.runtime.inference import AUTO, CPU, NotOnThisDevice, devices, open_session
from wallflower.speakers.manifest import Bundle, Manifest, read_bundle
from wallflower.speakers.odds.calibration import Calibration, unit

Embeddings = npt.NDArray[np.float32]
"""Voice prints, shape (windows, dimension), each of L2 norm 1."""

SHIPPED: Final = Path(__file__).parent / "model"
BATCH: Final = 16
"""Windows per call: from 8 on a window costs less than half of what it costs alone; more than
this only costs memory."""

_log = logging.getLogger(__name__)


class Encoder:
    """A voice encoder, loaded. `embed` may be called from any thread, one at a time."""

    def __init__(self, bundle: Bundle, session: Any, device: str = CPU) -> None:
        self._manifest = bundle.manifest
        self.device = device
        """Where it computes: a key of `runtime.inference.PROVIDERS`."""
        self.why_cpu: str | None = None
        """Why it is the CPU although something better is there, or was asked for."""
        self._session = session
        self._input = session.get_inputs()[0].name
        self._output = _output(session, bundle.manifest).name
        self._batch = _batch(session)
        self.calibration: Calibration = bundle.calibration
        """What its scores mean."""

    @classmethod
    def load(cls, folder: Path | None = None, device: str = AUTO) -> Encoder:
        """The encoder in `folder`, or the one in the package. Blocks for about 0.1 s.

        It computes on `device` (`auto`: the best that is there), or else on the CPU, and the log
        says why. Raises `ModelMissing` when it is not there, damaged, or not usable here.
        """
        bundle = read_bundle(folder or SHIPPED)
        *better, last = devices(device)
        refusals: list[str] = []
        for place in better:
            try:
                return cls._on(bundle, place)
            except (NotOnThisDevice, ModelMissing) as error:
                refusals.append(f"it cannot use {place}: {_in_a_line(error)}")
                _log.warning("The speaker encoder computes on %s, since %s", last, refusals[-1])
        encoder = cls._on(bundle, last)
        encoder.why_cpu = " ".join(refusals) or None
        return encoder

    @classmethod
    def _on(cls, bundle: Bundle, device: str) -> Encoder:
        try:
            session = open_session(bundle.model, device)
        except NotOnThisDevice:
            raise
        except Exception as error:  # ONNX Runtime raises bare and pybind exceptions alike
            raise ModelMissing(
                f"The speaker encoder {bundle.manifest.key} is no model that ONNX Runtime can "
                f"run: {_in_a_line(error)}"
            ) from error
        _check_input(session, bundle.manifest)
        encoder = cls(bundle, session, device)
        encoder._check_by_use()
        return encoder

    @property
    def name(self) -> str:
        """Name and version: prints of different encoders never mix."""
        return self._manifest.key

    @property
    def dimension(self) -> int:
        return self._manifest.dimension

    @property
    def window_samples(self) -> int:
        """The length of sound that `embed` is best at."""
        return round(self._manifest.window_s * SAMPLE_RATE)

    def embed(self, windows: Sequence[Pcm]) -> Embeddings:
        """One print per window, in order. Blocks; ours takes about 2 ms per second of window.

        Windows may be of any length above 0; shorter ones than the features need are repeated.
        Those of one length are computed together.
        """
        prints = np.zeros((len(windows), self.dimension), dtype=np.float32)
        by_length: dict[int, list[int]] = {}
        for at, window in enumerate(windows):
            by_length.setdefault(len(window), []).append(at)
        for length, group in by_length.items():
            enough = max(length, self._manifest.features.least_samples)
            for first in range(0, len(group), self._batch):
                batch = group[first : first + self._batch]
                prints[batch] = self._run([np.resize(windows[at], enough) for at in batch])
        return unit(prints)

    def _run(self, windows: Sequence[Pcm]) -> Embeddings:
        features = self._manifest.features.features(windows)
        (prints,) = self._session.run([self._output], {self._input: features})
        return np.asarray(prints, dtype=np.float32).reshape(len(windows), self.dimension)

    def _check_by_use(self) -> None:
        """A model may state no shape, or another than it has: one window tells."""
        try:
            found = self.embed([np.zeros(self.window_samples, dtype=np.int16)])
        except Exception as error:
            raise ModelMissing(
                f"The speaker encoder {self.name} does not take what its manifest says: "
                f"{_in_a_line(error)}"
            ) from error
        if not np.isfinite(found).all():
            raise ModelMissing(
                f"The speaker encoder {self.name} makes no numbers of silence; export it again "
                "with a floor under its logarithms."
            )


def _check_input(session: Any, manifest: Manifest) -> None:
    inputs = session.get_inputs()
    if len(inputs) != 1:
        raise ModelMissing(
            f"The speaker encoder {manifest.key} has {len(inputs)} inputs; export it with the "
            "features as its only one."
        )
    wanted, given = inputs[0].shape, manifest.features.axes
    fits = len(wanted) == len(given) and all(
        one == other for one, other in zip(wanted[1:], given[1:], strict=True) if _fixed(one, other)
    )
    if not fits:
        raise ModelMissing(
            f"The speaker encoder {manifest.key} takes an input of the shape {wanted}, but its "
            f"manifest's {manifest.features.kind} features have {list(given)}; correct `features`."
        )


def _in_a_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".") + "."


def _fixed(*sizes: object) -> bool:
    return all(isinstance(size, int) for size in sizes)


def _output(session: Any, manifest: Manifest) -> Any:
    """The output that holds the prints: the first one of the right size."""
    outputs = session.get_outputs()
    for output in outputs:
        size = output.shape[-1] if output.shape else None
        if size == manifest.dimension or not isinstance(size, int):
            return output
    raise ModelMissing(
        f"The speaker encoder {manifest.key} has no output of the shape its manifest says: "
        f"{manifest.dimension} numbers, but {[output.shape for output in outputs]}."
    )


def _batch(session: Any) -> int:
    """How many windows a call may hold; some graphs are fixed to one."""
    size = session.get_inputs()[0].shape[0]
    return size if isinstance(size, int) else BATCH
