"""What every front end can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from wallflower.domain.speech import Pcm

Features = npt.NDArray[np.float32]


class FrontEnd(Protocol):
    """A frozen dataclass: its fields are what the manifest says under `features`."""

    @property
    def kind(self) -> str: ...

    @property
    def axes(self) -> tuple[int | None, ...]:
        """The shape of its features, windows first; None where it depends on the sound."""
        ...

    def features(self, windows: Sequence[Pcm]) -> Features:
        """An encoder's input for windows of one length, at least `least_samples`."""
        ...

    @property
    def least_samples(self) -> int:
        """Shorter windows give no features."""
        ...
