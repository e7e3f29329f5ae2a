from __future__ import annotations

import pytest

from tests.support.lan import lan
from wallflower.runtime.addresses import Interface, is_loopback, lan_addresses, reachable


@pytest.mark.parametrize(
    ("interfaces", "expected"),
    [
        ([("eth0", "192.168.1.9", 24), ("wlan0", "10.0.0.9", 8)], ["192.168.1.9", "10.0.0.9"]),
        ([("lo", "127.0.0.1", 8), ("lo", "10.0.0.1", 24)], []),
        ([("eth0", "127.0.0.1", 8)], []),
        ([("docker0", "172.17.0.1", 16), ("br-0123456789ab", "172.18.0.1", 16)], []),
        ([("br-lan", "192.168.1.1", 24)], ["192.168.1.1"]),
        ([("veth12ab", "10.1.0.1", 24), ("virbr0", "192.168.122.1", 24)], []),
        ([("hassio", "172.30.32.1", 23), ("eth0", "172.30.33.4", 23)], []),
        ([("wg0", "10.8.0.2", 32)], []),
        ([("localnet", "10.0.0.3", 24)], ["10.0.0.3"]),
    ],
)
def test_what_neighbours_can_reach(interfaces: list[Interface], expected: list[str]) -> None:
    assert reachable(interfaces) == expected


def test_the_kernels_list() -> None:
    with lan() as address:
        assert lan_addresses() == [address]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1.2.3", "::1", "localhost", "LocalHost.", "wallflower.localhost"]
)
def test_this_machine_alone(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "nas", "localhost.example"])
def test_others_too(host: str) -> None:
    assert not is_loopback(host)
