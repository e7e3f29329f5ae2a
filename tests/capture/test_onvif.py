"""What cameras answer, and what others may try."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.onvif import answer, match
from wallflower.capture.onvif import FoundCamera, cameras, probe

ASKED = "urn:uuid:asked"


def read(datagram: bytes) -> list[FoundCamera]:
    return cameras(datagram, answering=ASKED, sender="10.0.0.99")


def test_the_question() -> None:
    names = {
        "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
        "d": "http://schemas.xmlsoap.org/ws/2005/04/discovery",
    }
    asked = ET.fromstring(probe(ASKED))  # noqa: S314 - our own
    assert asked.findtext(".//a:MessageID", namespaces=names) == ASKED
    assert asked.findtext(".//d:Probe/d:Types", namespaces=names) == "n:NetworkVideoTransmitter"


def test_a_camera_describes_itself() -> None:
    assert read(answer(ASKED, match())) == [
        FoundCamera("urn:uuid:cam", "Porch cam", "IPC-1080", "10.0.0.31")
    ]


def test_a_recorder_answers_for_several() -> None:
    found = read(answer(ASKED, match("urn:uuid:1", name="One"), match("urn:uuid:2", name="Two")))
    assert [(camera.id, camera.name) for camera in found] == [
        ("urn:uuid:1", "One"),
        ("urn:uuid:2", "Two"),
    ]


@pytest.mark.parametrize(
    ("addresses", "host"),
    [
        ("http://[fe80::1]/onvif http://192.168.1.9:8000/onvif", "192.168.1.9"),
        ("https://192.168.1.9/onvif", "192.168.1.9"),
        ("http://camera.local/onvif", "10.0.0.99"),
        ("http://[broken/onvif", "10.0.0.99"),
        ("", "10.0.0.99"),
    ],
)
def test_where_it_is(addresses: str, host: str) -> None:
    (camera,) = read(answer(ASKED, match(addresses=addresses)))
    assert camera.host == host


def test_who_is_no_camera_of_ours() -> None:
    assert read(answer("urn:uuid:of-somebody-else", match())) == []
    assert read(answer(ASKED)) == []
    assert read(answer(ASKED, match(id_=""))) == []
    printer = match(types="wsdp:Device").replace("onvif://www.onvif.org", "ldap://x")
    assert read(answer(ASKED, printer)) == []


def test_a_name_steers_no_terminal() -> None:
    (camera,) = read(answer(ASKED, match(name="%1b%5b2J" + "x" * 300)))
    assert camera.name.startswith("�[2Jx")
    assert len(camera.name) == 80


BOMB = """<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>"""
FILE = """<?xml version="1.0"?><!DOCTYPE b [<!ENTITY b SYSTEM "file:///etc/passwd">]>"""


@pytest.mark.parametrize("doctype", [BOMB, FILE, '<?xml version="1.0"?><!DOCTYPE b>'])
def test_no_entity_is_ever_expanded(doctype: str) -> None:
    honest = answer(ASKED, match(name="&b;")).decode()
    evil = honest.replace('<?xml version="1.0" encoding="UTF-8"?>', doctype)
    assert evil != honest
    assert read(evil.encode()) == []


@pytest.mark.parametrize(
    "datagram",
    [b"", b"\0", b"<", b"<a>&b;</a>", b'<?xml version="1.0" encoding="nonsense"?><a/>'],
)
def test_what_is_no_answer_is_nobody(datagram: bytes) -> None:
    assert read(datagram) == []


@given(st.binary(max_size=60), st.integers(0, 1500))
def test_whatever_is_sent(noise: bytes, at: int) -> None:
    honest = answer(ASKED, match())
    assert read(noise) == []
    assert len(read(honest[:at] + noise + honest[at + len(noise) :])) <= 1
