"""What Resemblyzer itself makes of the made voices: the reference of our tests.

    python tests/speakers/parity.py OUT.npz [EXPORT-FOLDER]

Run from the repository's root by a Python with PyTorch, Resemblyzer and onnx; `EXPORT-FOLDER`
gets a fresh export. `reference.npz` beside this file was written by it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from resemblyzer import VoiceEncoder, normalize_volume, wav_to_mel_spectrogram

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.speakers.made import EVERY, windows_to_compare
from wallflower.speakers import export_encoder

encoder = VoiceEncoder("cpu", verbose=False)
reference = {}
for name, pcm in windows_to_compare().items():
    wave = normalize_volume(pcm.astype(np.float32) / 32768, -30, increase_only=True)
    mel = wav_to_mel_spectrogram(wave)
    with torch.no_grad():
        (print_,) = encoder(torch.from_numpy(mel[:-1])[None]).numpy()
    reference[f"{name} mel"] = mel[::EVERY]
    reference[f"{name} print"] = print_
np.savez_compressed(sys.argv[1], **reference)
if len(sys.argv) > 2:
    export_encoder(Path(sys.argv[2]))
