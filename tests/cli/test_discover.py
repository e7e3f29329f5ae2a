"""`wallflower discover` on a network of the test's own."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.cli.child import complaint, wallflower
from tests.publish.mdns.box import Box
from tests.support.lan import lan
from tests.support.onvif import camera_at, match
from wallflower.capture.onvif import FoundCamera
from wallflower.cli.discover.shown import Around, as_text
from wallflower.domain.others import Other
from wallflower.runtime.addresses import HASSIO

pytestmark = pytest.mark.peer


async def test_wallflowers_and_cameras(tmp_path: Path) -> None:
    with lan() as address:
        async with Box("a1", "Hall", lambda: [address]).on(), camera_at(address, [match()]):
            found = await asyncio.to_thread(
                wallflower, "discover", "--json", "--seconds", "4", home=tmp_path
            )
    assert (found.returncode, found.stderr) == (0, "")
    assert json.loads(found.stdout) == {
        "wallflowers": [
            {"id": "a1", "name": "Hall", "url": f"http://{address}:8757/", "version": "0.1.0"}
        ],
        "cameras": [
            {
                "id": "urn:uuid:cam",
                "name": "Porch cam",
                "hardware": "IPC-1080",
                "host": "10.0.0.31",
            }
        ],
    }


def test_no_network(tmp_path: Path) -> None:
    with lan(f"{HASSIO[1]}"):  # as in Home Assistant: nobody on the network reaches that
        found = wallflower("discover", home=tmp_path)
    assert "no address on a network" in complaint(found, 1)


def test_tables() -> None:
    other = Other("a1b2c3d4", "Hall", "http://10.0.0.9:8757/", "0.1.0")
    camera = FoundCamera("urn:uuid:cam", "Porch", "", "10.0.0.31")
    assert as_text(Around([other], [camera])).splitlines() == [
        "Wallflowers",
        "  name  address                version  id",
        "  Hall  http://10.0.0.9:8757/  0.1.0    a1b2c3d4",
        "",
        "Cameras (ONVIF)",
        "  name   hardware  address",
        "  Porch  -         10.0.0.31",
        "",
        "A camera's manual has the RTSP URL to add it with.",
    ]
    nobody = as_text(Around([], []))
    assert nobody == "Wallflowers: none answered.\n\nCameras (ONVIF): none answered."
