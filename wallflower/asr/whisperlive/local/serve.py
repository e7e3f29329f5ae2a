"""Run by the Python of the server's own environment: one WhisperLive server on loopback.

Imports nothing of Wallflower, which is not installed there. The server ends with the process
that started it, whatever ends that one.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
HOST = "127.0.0.1"
SACRIFICE = 500
"""Added to the kernel's badness: when memory runs out, this goes before cameras and words do."""


def main() -> None:
    options = _options()
    die_with(options.parent)
    os.nice(options.nice)
    Path("/proc/self/oom_score_adj").write_text(str(SACRIFICE))
    # Only now: this takes seconds, and the memory that it takes is the server's.
    from whisper_live.server import TranscriptionServer  # noqa: PLC0415

    TranscriptionServer().run(
        HOST,
        port=options.port,
        backend="faster_whisper",
        faster_whisper_custom_model_path=str(options.model),
        single_model=True,
        max_clients=options.max_clients,
        max_connection_time=options.max_connection_time,
    )


def die_with(parent: int) -> None:
    """Have the kernel kill this process when `parent` ends; end now when it already has."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), "the death of the parent cannot be followed")
    if os.getppid() != parent:
        sys.exit("Whoever started this server is gone.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True, help="process to die with")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--model", type=Path, required=True, help="folder of CTranslate2 weights")
    parser.add_argument("--max-clients", type=int, required=True)
    parser.add_argument("--max-connection-time", type=int, required=True, help="seconds")
    parser.add_argument("--nice", type=int, required=True, help="added to the niceness")
    return parser.parse_args()


if __name__ == "__main__":
    main()
