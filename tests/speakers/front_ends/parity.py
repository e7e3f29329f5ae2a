"""What the makers' own programs make of the made voices: the reference of our tests.

    python tests/speakers/front_ends/parity.py kaldi|redimnet2 OUT.npz

Run from the repository's root by a Python with kaldi-native-fbank, or redimnet2-onnx and PyTorch;
`kaldi.npz` and `redimnet2.npz` beside this file were written by it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.speakers.front_ends.compared import EVERY, FBANKS
from tests.speakers.made import windows_to_compare


def kaldi() -> dict[str, npt.NDArray[np.float32]]:
    import kaldi_native_fbank

    found = {}
    for setting, front_end in FBANKS.items():
        options = kaldi_native_fbank.FbankOptions()
        options.frame_opts.dither = 0.0
        options.frame_opts.window_type = front_end.window
        options.mel_opts.num_bins = front_end.bands
        options.mel_opts.low_freq = front_end.low_hz
        options.mel_opts.high_freq = front_end.high_hz
        for name, pcm in windows_to_compare().items():
            fbank = kaldi_native_fbank.OnlineFbank(options)
            fbank.accept_waveform(16_000, pcm.astype(np.float32).tolist())
            fbank.input_finished()
            frames = [fbank.get_frame(at) for at in range(0, fbank.num_frames_ready, EVERY)]
            found[f"{setting}: {name}"] = np.array(frames)
    return found


def redimnet2() -> dict[str, npt.NDArray[np.float32]]:
    import torch
    from redimnet2_onnx.frontend import ReDimNetFrontend

    front_end = ReDimNetFrontend()
    return {
        name: front_end(torch.from_numpy(pcm.astype(np.float32) / 32768))[0, 0, :, ::EVERY].numpy()
        for name, pcm in windows_to_compare().items()
        if len(pcm) >= 16_000
    }


if __name__ == "__main__":
    reference = {"kaldi": kaldi, "redimnet2": redimnet2}[sys.argv[1]]()
    np.savez_compressed(sys.argv[2], allow_pickle=False, **reference)
