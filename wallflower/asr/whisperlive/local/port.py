"""A port of loopback that stays ours while the server behind it comes and goes."""

from __future__ import annotations

import socket
from typing import Final

HOST: Final = "127.0.0.1"


class ReservedPort:
    """A free port, kept from being handed out to others until `close`.

    The socket is bound but does not listen: nobody gets the port by chance, who connects is
    refused, and a server that sets SO_REUSEADDR may bind and listen beside it.
    """

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((HOST, 0))
        self.number: Final[int] = self._socket.getsockname()[1]

    def close(self) -> None:
        self._socket.close()
