"""The addresses at which others on the network can reach this machine."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, ip_address
from typing import Final

import ifaddr

_INSIDE: Final = re.compile(
    r"lo$|docker|br-[0-9a-f]{12}$|veth|virbr|hassio|podman|cni|flannel|cali|lxc|lxd|kube"
)
"""Interfaces that lead to containers and virtual machines of this machine, by their names."""
HASSIO: Final = IPv4Network("172.30.32.0/23")
"""The network of Home Assistant's apps, in which an app's own interface is called eth0."""

Interface = tuple[str, str, int]
"""Name, IPv4 address, length of the network's prefix."""


def lan_addresses() -> list[str]:
    """This machine's IPv4 addresses on networks that others share; reads the kernel's list."""
    return reachable(
        (adapter.name, str(ip.ip), ip.network_prefix)
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
        if ip.is_IPv4
    )


def reachable(interfaces: Iterable[Interface]) -> list[str]:
    """The addresses among `interfaces` that neighbours can reach, in their order.

    Left out: loopback, networks of containers, and tunnels (a network of one).

    >>> reachable([("lo", "127.0.0.1", 8), ("eth0", "10.0.0.7", 24), ("docker0", "172.17.0.1", 16)])
    ['10.0.0.7']
    """
    return [
        text
        for name, text, prefix in interfaces
        if prefix < 31
        and not _INSIDE.match(name)
        and not (address := IPv4Address(text)).is_loopback
        and address not in HASSIO
    ]


def is_loopback(host: str) -> bool:
    """Whether only this machine itself reaches `host`, an address or a name."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.rstrip(".").lower().rpartition(".")[2] == "localhost"
