"""The shipped encoder against PyTorch: a stored reference always, PyTorch itself where it is.

For the latter `script/test` makes `.venv-export` on machines that have the CPU build of PyTorch at
hand; without it these tests skip.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tests.speakers.made import EVERY, windows_to_compare
from wallflower.domain.errors import ModelMissing
from wallflower.speakers import Encoder, export_encoder
from wallflower.speakers.features import mel_spectrogram, raising_gain

Reference = dict[str, npt.NDArray[np.float32]]

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NEEDED = ("torch", "resemblyzer", "onnx")


def python_with_torch() -> str:
    if all(importlib.util.find_spec(name) for name in NEEDED):
        return sys.executable
    other = ROOT / ".venv-export/bin/python"
    if other.is_file():
        return str(other)
    pytest.skip("no PyTorch here: script/test installs it where its CPU build is at hand")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a fresh export, and `torch.npz` with what PyTorch computes."""
    folder = tmp_path_factory.mktemp("export")
    argv = [python_with_torch(), str(HERE / "parity.py"), str(folder / "torch.npz"), str(folder)]
    subprocess.run(argv, check=True, cwd=ROOT, timeout=100)
    return folder


def read(path: Path) -> Reference:
    with np.load(path) as arrays:
        return dict(arrays)


def assert_same(encoder: Encoder, reference: Reference) -> None:
    for name, pcm in windows_to_compare().items():
        mel = mel_spectrogram(pcm, raising_gain(pcm))[::EVERY]
        expected = reference[f"{name} mel"]
        assert mel.shape == expected.shape
        assert np.abs(mel - expected).max() <= 1e-5 * expected.max(), name
        (print_,) = encoder.embed([pcm])
        assert np.abs(print_ - reference[f"{name} print"]).max() <= 1e-4, name


def test_the_shipped_encoder_agrees_with_the_stored_reference(encoder: Encoder) -> None:
    assert_same(encoder, read(HERE / "reference.npz"))


def test_the_shipped_encoder_agrees_with_pytorch(encoder: Encoder, exported: Path) -> None:
    assert_same(encoder, read(exported / "torch.npz"))


def test_a_fresh_export_agrees_with_pytorch_too(exported: Path) -> None:
    fresh = Encoder.load(exported)
    assert_same(fresh, read(exported / "torch.npz"))
    assert fresh.name == Encoder.load().name


def test_without_pytorch_the_export_says_what_to_install(tmp_path: Path) -> None:
    if all(importlib.util.find_spec(name) for name in NEEDED):
        pytest.skip("PyTorch is installed here")
    with pytest.raises(ModelMissing, match=r"wallflower\[export\]"):
        export_encoder(tmp_path)
