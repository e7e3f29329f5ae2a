"""The command line as people meet it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
WALLFLOWER: Final = (sys.executable, "-m", "wallflower")
SCENE: Final = ROOT / "wallflower/cli/demo/scene.mp4"

Finished = subprocess.CompletedProcess[str]


def environment(home: Path, **more: str) -> dict[str, str]:
    """This process's, with `home` for whatever the user keeps and no settings of theirs."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("WALLFLOWER_")}
    return {**kept, "PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(home), **more}


def wallflower(
    *args: str | Path, home: Path, env: Mapping[str, str] | None = None, limit_s: float = 60
) -> Finished:
    """Run `wallflower ARGS` in `home` to its end. Blocks."""
    return subprocess.run(
        [*WALLFLOWER, *map(str, args)],
        cwd=home,
        env=environment(home, **(env or {})),
        capture_output=True,
        text=True,
        timeout=limit_s,
        check=False,
    )


def complaint(finished: Finished, code: int) -> str:
    """The one line on stderr of a command that failed with `code` and printed nothing else."""
    assert "Traceback" not in finished.stderr, finished.stderr
    assert (finished.returncode, finished.stdout) == (code, ""), finished
    (line,) = finished.stderr.splitlines()
    assert line.startswith("wallflower")
    return line
