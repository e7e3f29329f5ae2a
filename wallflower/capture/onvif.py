"""The words of WS-Discovery, by which ONVIF cameras are found. No network here.

A probe is multicast, each device answers its sender (OASIS WS-Discovery 1.0 of 2005; ONVIF Core
Specification, chapter 7). What answers is anybody's: document types are refused, so that no
entity is ever expanded, and of the rest only a few texts are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Final
from urllib.parse import unquote, urlsplit
from xml.parsers import expat

from wallflower.domain.printable import printable

GROUP: Final = ("239.255.255.250", 3702)
"""Where probes are sent."""

_PROBE: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
    ' xmlns:n="http://www.onvif.org/ver10/network/wsdl">'
    "<e:Header><a:MessageID>{id}</a:MessageID>"
    "<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>"
    "<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action></e:Header>"
    "<e:Body><d:Probe><d:Types>n:NetworkVideoTransmitter</d:Types></d:Probe></e:Body>"
    "</e:Envelope>"
)


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """A camera as it describes itself."""

    id: str
    """Stays the same whatever address it is given."""
    name: str
    hardware: str
    host: str
    """Its address on the network."""


def probe(message_id: str) -> bytes:
    """The question who is there; `message_id` is a URI of its own, such as `urn:uuid:…`."""
    return _PROBE.format(id=message_id).encode()


def cameras(datagram: bytes, *, answering: str, sender: str) -> list[FoundCamera]:
    """The cameras in an answer to the probe `answering`; none in whatever is none.

    `sender` is the address the answer came from.
    """
    answer = _Answer()
    try:
        answer.read(datagram)
    except (expat.ExpatError, ValueError, LookupError):
        return []
    if answer.header.get("RelatesTo") != answering:
        return []
    return [_camera(match, sender) for match in answer.matches if _is_camera(match)]


def _is_camera(match: Mapping[str, str]) -> bool:
    return bool(match.get("Address")) and (
        "NetworkVideoTransmitter" in match.get("Types", "")
        or "onvif://www.onvif.org/" in match.get("Scopes", "")
    )


def _camera(match: Mapping[str, str], sender: str) -> FoundCamera:
    return FoundCamera(
        id=printable(match["Address"]),
        name=_scope(match, "name"),
        hardware=_scope(match, "hardware"),
        host=_host(match.get("XAddrs", "")) or sender,
    )


def _scope(match: Mapping[str, str], kind: str) -> str:
    """The camera's `name` or `hardware`; empty when it says none."""
    prefix = f"onvif://www.onvif.org/{kind}/"
    for scope in match.get("Scopes", "").split():
        if scope.startswith(prefix):
            return printable(unquote(scope.removeprefix(prefix)))
    return ""


def _host(addresses: str) -> str | None:
    """The first IPv4 address among the URLs at which a camera says it serves."""
    for url in addresses.split():
        try:
            return str(IPv4Address(urlsplit(url).hostname or ""))
        except ValueError:
            continue
    return None


class _Answer:
    """Collects the texts of interest while expat reads."""

    _TEXTS: Final = frozenset({"RelatesTo", "Address", "Types", "Scopes", "XAddrs"})

    def __init__(self) -> None:
        self.header: dict[str, str] = {}
        self.matches: list[dict[str, str]] = []
        self._text: list[str] = []

    def read(self, xml: bytes) -> None:
        """Raises `ExpatError`, or `ValueError` on a document type."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.Parse(xml, True)

    def _refuse(self, *_: object) -> None:
        raise ValueError("a document type")

    def _start(self, name: str, _attributes: object) -> None:
        self._text.clear()
        if name.endswith(" ProbeMatch"):
            self.matches.append({})

    def _end(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        if local in self._TEXTS:
            place = self.matches[-1] if self.matches else self.header
            place.setdefault(local, "".join(self._text).strip())
