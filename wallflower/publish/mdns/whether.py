"""Whether to announce Wallflower on the network at all."""

from __future__ import annotations

from typing import Literal

from wallflower.runtime.addresses import is_loopback


def silent_because(
    mdns: Literal["auto", "on", "off"], host: str, *, inside_home_assistant: bool
) -> str | None:
    """Why Wallflower keeps quiet on the network, in one sentence; None: it announces itself.

    `host` is the address the page listens on.
    """
    if mdns == "off":
        return "mDNS is switched off in the settings (server.mdns)."
    if mdns == "auto" and inside_home_assistant:
        return (
            "Home Assistant does not pass the multicast of its apps on, so mDNS is off; "
            "server.mdns: on tries it all the same."
        )
    if is_loopback(host):
        return (
            f"The page listens on {host} only, which nobody else can reach, so mDNS is off; "
            "server.host: 0.0.0.0 lets others in."
        )
    return None
