"""The shipped encoder against PyTorch: a stored reference always, PyTorch itself where it is.

For the latter `script/test` makes `.venv-export` on machines that have the CPU build of PyTorch at
hand; without it these tests skip.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tests.speakers.made import EVERY, windows_to_compare
from wallflower.domain.errors import ModelMissing
from wallflower.speakers import Encoder, export_encoder
from wallflower.speakers.encoder import SHIPPED
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


def exact(folder: Path, scratch: Path) -> Encoder:
    """The graph in `folder` that does without 8 bit, which no manifest names."""
    shutil.copytree(folder, scratch / "exact")
    fields = json.loads((folder / "encoder.json").read_text())
    fields["file"] = "ge2e.onnx"
    fields["sha256"] = hashlib.sha256((folder / "ge2e.onnx").read_bytes()).hexdigest()
    (scratch / "exact/encoder.json").write_text(json.dumps(fields))
    return Encoder.load(scratch / "exact")


def assert_same(encoder: Encoder, reference: Reference) -> None:
    for name, pcm in windows_to_compare().items():
        mel = mel_spectrogram(pcm, raising_gain(pcm))[::EVERY]
        expected = reference[f"{name} mel"]
        assert mel.shape == expected.shape
        assert np.abs(mel - expected).max() <= 1e-5 * expected.max(), name
        (print_,) = encoder.embed([pcm])
        assert np.abs(print_ - reference[f"{name} print"]).max() <= 1e-4, name


def assert_comparable(fast: Encoder, reference: Reference) -> None:
    """Prints of the fast graph are those of the exact one, but for less than words change them."""
    names = list(windows_to_compare())
    prints = fast.embed(list(windows_to_compare().values()))
    exactly = np.stack([reference[f"{name} print"] for name in names])
    assert (prints * exactly).sum(axis=1).min() >= 0.995
    assert np.abs(prints @ prints.T - exactly @ exactly.T).max() <= 0.02


def test_the_shipped_encoder_agrees_with_the_stored_reference(tmp_path: Path) -> None:
    assert_same(exact(SHIPPED, tmp_path), read(HERE / "reference.npz"))


def test_the_fast_encoder_is_comparable_with_the_stored_reference(encoder: Encoder) -> None:
    assert_comparable(encoder, read(HERE / "reference.npz"))


def test_the_shipped_encoder_agrees_with_pytorch(exported: Path, tmp_path: Path) -> None:
    assert_same(exact(SHIPPED, tmp_path), read(exported / "torch.npz"))


def test_a_fresh_export_agrees_with_pytorch_too(exported: Path, tmp_path: Path) -> None:
    assert_same(exact(exported, tmp_path), read(exported / "torch.npz"))
    fresh = Encoder.load(exported)
    assert_comparable(fresh, read(exported / "torch.npz"))
    assert fresh.name == Encoder.load().name


def test_the_same_weights_give_the_same_bytes(exported: Path) -> None:
    for name in ("ge2e.onnx", "ge2e-fast.onnx"):
        assert (exported / name).read_bytes() == (SHIPPED / name).read_bytes(), name


def test_without_pytorch_the_export_says_what_to_install(tmp_path: Path) -> None:
    if all(importlib.util.find_spec(name) for name in NEEDED):
        pytest.skip("PyTorch is installed here")
    with pytest.raises(ModelMissing, match=r"wallflower\[export\]"):
        export_encoder(tmp_path)
