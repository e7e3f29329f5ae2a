"""The real WhisperLive server as a child process, where its environment was made."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.support.mosquitto import free_port
from wallflower.asr.embedded.model import offline_model
from wallflower.asr.whisperlive.local import server as local

ENVIRONMENT: Final = Path(
    os.environ.get("WALLFLOWER_WHISPERLIVE", Path(__file__).parents[3] / ".venv-whisperlive")
)
MISSING: Final = f"no WhisperLive server in {ENVIRONMENT}; run script/setup-whisperlive"


@contextlib.contextmanager
def serving(*, max_clients: int = 4, max_connection_time: int = 600) -> Iterator[str]:
    """Its URL, once it listens. Blocks for the seconds that PyTorch takes to be imported."""
    port = free_port()
    argv = [str(ENVIRONMENT / "bin/python"), str(local.SERVE), "--parent", str(os.getpid())]
    argv += ["--port", str(port), "--model", str(offline_model()), "--nice", "0"]
    argv += ["--max-clients", str(max_clients)]
    argv += ["--max-connection-time", str(max_connection_time)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stderr is not None
        try:
            log: list[str] = []
            for line in server.stderr:
                log.append(line)
                if local.LISTENS in line:
                    break
            else:
                raise EOFError("".join(log))
            # A pipe nobody reads fills up and stops it; its end comes with the server's.
            drain = subprocess.Popen(["cat"], stdin=server.stderr, stdout=subprocess.DEVNULL)
            yield f"ws://127.0.0.1:{port}"
            server.kill()
            drain.wait()
        finally:
            server.kill()
