"""An ONVIF camera on the network, as far as being found goes."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final, cast

from wallflower.capture.onvif import GROUP

ANSWER: Final = """<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope"
    xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing"
    xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"
    xmlns:dn="http://www.onvif.org/ver10/network/wsdl">
  <SOAP-ENV:Header>
    <wsa:MessageID>urn:uuid:4b3d1f6e-0001</wsa:MessageID>
    <wsa:RelatesTo>{answering}</wsa:RelatesTo>
    <wsa:ReplyTo><wsa:Address>http://anonymous/</wsa:Address></wsa:ReplyTo>
    <d:AppSequence MessageNumber="1" InstanceId="1"/>
  </SOAP-ENV:Header>
  <SOAP-ENV:Body><d:ProbeMatches>{matches}</d:ProbeMatches></SOAP-ENV:Body>
</SOAP-ENV:Envelope>"""

MATCH: Final = """
<d:ProbeMatch>
  <wsa:EndpointReference><wsa:Address>{id}</wsa:Address></wsa:EndpointReference>
  <d:Types>{types}</d:Types>
  <d:Scopes>onvif://www.onvif.org/Profile/Streaming
    onvif://www.onvif.org/hardware/{hardware} onvif://www.onvif.org/name/{name}</d:Scopes>
  <d:XAddrs>{addresses}</d:XAddrs>
  <d:MetadataVersion>10</d:MetadataVersion>
</d:ProbeMatch>"""


def match(
    id_: str = "urn:uuid:cam",
    *,
    name: str = "Porch%20cam",
    hardware: str = "IPC-1080",
    types: str = "dn:NetworkVideoTransmitter tds:Device",
    addresses: str = "http://10.0.0.31/onvif/device_service",
) -> str:
    """One camera of an answer; `name` and `hardware` percent-encoded."""
    return MATCH.format(id=id_, name=name, hardware=hardware, types=types, addresses=addresses)


def answer(answering: str, *matches: str) -> bytes:
    """A whole answer to the probe `answering`."""
    return ANSWER.format(answering=answering, matches="".join(matches)).encode()


@asynccontextmanager
async def camera_at(address: str, matches: Sequence[str]) -> AsyncIterator[None]:
    """Answers probes on the network of our `address` while inside."""
    ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    ear.bind(GROUP)
    joined = socket.inet_aton(GROUP[0]) + socket.inet_aton(address)
    ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)
    ear.setblocking(False)
    camera, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Camera(matches), sock=ear
    )
    try:
        yield
    finally:
        camera.close()


class _Camera(asyncio.DatagramProtocol):
    def __init__(self, matches: Sequence[str]) -> None:
        self._matches = matches

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        asked = re.search(rb"MessageID>(urn:uuid:[^<]+)<", data)
        assert asked is not None
        assert b"NetworkVideoTransmitter" in data
        self._transport.sendto(answer(asked[1].decode(), *self._matches), addr)
