"""A network of a test's own, cut off from this machine's: what is multicast goes nowhere else."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest

ADDRESS: Final = "10.77.0.5"
"""This machine's only address in there, if no other is asked for."""

_NEW_NETWORK: Final = 0x40000000  # CLONE_NEWNET
_SET_UP: Final = (
    "link set lo up",
    "link add lan type veth peer name wire",
    "address add {address}/24 dev lan",
    "link set lan up",
    "link set wire up",
    "route add default dev lan",
)


@contextmanager
def lan(address: str = ADDRESS) -> Iterator[str]:
    """Be in a network namespace with a loopback and one Ethernet; gives our address there.

    All that this thread opens or starts meanwhile is in it too. Skips the test where the kernel
    or our rights do not allow it.
    """
    if shutil.which("ip") is None:
        pytest.skip("no `ip`; on Debian: apt-get install iproute2")
    libc = ctypes.CDLL(None, use_errno=True)
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        if libc.unshare(_NEW_NETWORK) != 0:
            pytest.skip(f"no network of our own: {os.strerror(ctypes.get_errno())}; run as root")
        try:
            for command in _SET_UP:
                subprocess.run(
                    ["ip", *command.format(address=address).split()],
                    check=True,
                    capture_output=True,
                )
            yield address
        finally:
            if libc.setns(home, _NEW_NETWORK) != 0:
                pytest.exit("cannot come back from the test's own network", returncode=3)
    finally:
        os.close(home)
