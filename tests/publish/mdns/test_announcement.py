from __future__ import annotations

import pytest

from wallflower.domain.others import Other
from wallflower.publish.mdns.announcement import LABEL_BYTES, SERVICE, Identity, label, other_of


def test_what_is_said() -> None:
    said = Identity("a1b2c3d4", "Hall", "0.1.0").text
    assert said == {"id": "a1b2c3d4", "version": "0.1.0", "path": "/", "auth": "none"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Hall", "Hall"),
        ("nuc.home.arpa", "nuc-home-arpa"),
        ("  Küche\n und\tFlur ", "Küche und Flur"),
        ("日" * 30, "日" * 21),
        ("x" * 100, "x" * 63),
        ("", "Wallflower"),
        (" \0 ", "Wallflower"),
    ],
)
def test_a_label(name: str, expected: str) -> None:
    assert label(name) == expected
    assert len(label(name).encode()) <= LABEL_BYTES


def test_another_one() -> None:
    text = {b"id": b"b2", b"version": b"0.2.0", b"path": b"/wall/", b"auth": b"none"}
    assert other_of(f"Attic.{SERVICE}", text, ["10.0.0.9", "10.1.0.9"], 8757) == Other(
        "b2", "Attic", "http://10.0.0.9:8757/wall/", "0.2.0"
    )
    assert other_of(f"Attic.{SERVICE}", text, ["fd00::9"], 80) == Other(
        "b2", "Attic", "http://[fd00::9]:80/wall/", "0.2.0"
    )


def test_who_says_too_little_is_nobody() -> None:
    text = {b"id": b"b2"}
    assert other_of(f"Attic.{SERVICE}", text, [], 8757) is None
    assert other_of(f"Attic.{SERVICE}", text, ["10.0.0.9"], None) is None
    assert other_of(f"Attic.{SERVICE}", {}, ["10.0.0.9"], 8757) is None
    assert other_of(f"Attic.{SERVICE}", {b"id": None}, ["10.0.0.9"], 8757) is None


@pytest.mark.parametrize(
    "path", [b"@evil.example/", b"javascript:alert(1)", b"/a b", b'/"><script>', b"//evil?x"]
)
def test_no_path_leads_elsewhere(path: bytes) -> None:
    other = other_of(f"Attic.{SERVICE}", {b"id": b"b2", b"path": path}, ["10.0.0.9"], 8757)
    assert other is not None
    assert other.url == "http://10.0.0.9:8757/"


def test_what_strangers_say_can_be_shown() -> None:
    text = {b"id": b"\xff\x1b[31m", b"version": b"9" * 255}
    other = other_of(f"A\x00ttic.{SERVICE}", text, ["10.0.0.9"], 8757)
    assert other is not None
    assert other.id.isprintable()
    assert other.name == "A�ttic"
    assert len(other.version) == 80
