"""From the manifest's words to a front end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from wallflower.speakers.front_ends.front_end import FrontEnd
from wallflower.speakers.front_ends.kaldi import KaldiFbank
from wallflower.speakers.front_ends.redimnet2 import ReDimNet2
from wallflower.speakers.front_ends.slaney import SlaneyPower
from wallflower.speakers.front_ends.waveform import Waveform

_KINDS: Final[Mapping[str, type[FrontEnd]]] = {
    "mel-power-slaney": SlaneyPower,
    "kaldi-fbank": KaldiFbank,
    "redimnet2": ReDimNet2,
    "waveform": Waveform,
}


def front_end(said: Mapping[str, Any]) -> FrontEnd:
    """The front end that `said` describes: `kind`, and parameters where they are not the usual.

    Raises `ValueError` with half a sentence when there is no such kind, parameter or value.
    """
    kind = str(said.get("kind"))
    if kind not in _KINDS:
        raise ValueError(f"features of the kind {kind!r}; there are {', '.join(_KINDS)}")
    made = _KINDS[kind]
    possible = [field.name for field in fields(made)]  # type: ignore[arg-type]  # all are dataclasses
    if unknown := sorted(said.keys() - set(possible)):
        raise ValueError(f"no parameter {unknown[0]!r}; {kind} has {', '.join(possible)}")
    return made(**said)
