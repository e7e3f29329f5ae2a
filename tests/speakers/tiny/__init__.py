"""Encoders of a few hundred numbers, one for each kind of features. `made.py` writes them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
DIMENSIONS: Final = {"waveform": 8, "kaldi-fbank": 16, "redimnet2": 192}


def tiny(folder: Path, kind: str, **changed: Any) -> Path:
    """`folder` with the tiny encoder of that kind; `changed` goes into the manifest."""
    folder.mkdir(exist_ok=True)
    model = (HERE / f"{kind}.onnx").read_bytes()
    (folder / "tiny.onnx").write_bytes(model)
    manifest = {
        "name": f"tiny {kind}",
        "version": "1",
        "file": "tiny.onnx",
        "sha256": hashlib.sha256(model).hexdigest(),
        "sample_rate": 16_000,
        "window_s": 1.5,
        "dimension": DIMENSIONS[kind],
        "features": {"kind": kind},
    }
    (folder / "encoder.json").write_text(json.dumps({**manifest, **changed}))
    return folder
