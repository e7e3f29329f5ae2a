"""A camera made of a file: serves a folder's media over RTSP until told to stop.

    python -m wallflower.cli.demo.camera FOLDER

Prints its port as one line. It runs as a process of its own, as a camera does. The server is
aio-rtsp-toolkit's; `?play_count=0` at the end of a URL plays the file again and again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys

from aio_rtsp_toolkit import server
from aio_rtsp_toolkit.server import RtspServer


async def serve(folder: str) -> None:
    server.logger = logging.getLogger("camera")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # The server wants to know its port beforehand, to name itself in its answers.
    camera = RtspServer(folder, host="127.0.0.1", port=port)
    await camera.start()
    print(port, flush=True)
    await camera.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(sys.argv[1]))
