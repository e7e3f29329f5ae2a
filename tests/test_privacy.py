"""What the libraries we stand on would tell their makers, they do not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]

# Loading a model is what ONNX Runtime reports; it queues its reports in a cache in the home folder.
LOAD: Final = """
from wallflower.audio import SileroModel
SileroModel.load()
"""


def test_onnx_runtime_prepares_no_report(tmp_path: Path) -> None:
    # Without the variables by which ONNX Runtime knows a build server and keeps quiet there.
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", LOAD], env=environment, cwd=ROOT, check=True, timeout=60)
    assert list(tmp_path.rglob("*")) == []
