"""A port that stays ours."""

from __future__ import annotations

import socket

import pytest

from wallflower.asr.whisperlive.local.port import HOST, ReservedPort


def test_a_server_may_have_it_again_and_again_and_clients_are_refused_between() -> None:
    port = ReservedPort()
    address = (HOST, port.number)
    for _ in range(2):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address)
        # As the server's library opens it.
        with socket.create_server(address), socket.create_connection(address):
            pass
    port.close()


def test_nobody_gets_it_by_chance() -> None:
    port = ReservedPort()
    with (
        socket.socket() as other,
        pytest.raises(OSError, match="in use"),
    ):
        other.bind((HOST, port.number))
    port.close()
