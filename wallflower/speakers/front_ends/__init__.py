"""How sound becomes an encoder's input. A manifest names one of these kinds, and its parameters."""

from wallflower.speakers.front_ends.front_end import Features, FrontEnd
from wallflower.speakers.front_ends.kaldi import KaldiFbank
from wallflower.speakers.front_ends.named import front_end
from wallflower.speakers.front_ends.redimnet2 import ReDimNet2
from wallflower.speakers.front_ends.slaney import SlaneyPower
from wallflower.speakers.front_ends.waveform import Waveform

__all__ = [
    "Features",
    "FrontEnd",
    "KaldiFbank",
    "ReDimNet2",
    "SlaneyPower",
    "Waveform",
    "front_end",
]
