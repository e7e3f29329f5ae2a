"""The whole appliance on a network: announced while it runs, gone when it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.child import house
from wallflower.publish.mdns import look_around
from wallflower.runtime.clock import SystemClock

pytestmark = pytest.mark.peer


async def test_it_is_announced_and_takes_its_leave(address: str, tmp_path: Path) -> None:
    open_to_all = {"server": {"host": "0.0.0.0", "name": "Hall"}}
    async with house(tmp_path, open_to_all) as child:
        await child.logged(f"Announced by mDNS as Hall._wallflower.* at {address}")
        (found,) = await look_around([address], seconds=2.0, clock=SystemClock())
        assert (found.name, found.url) == ("Hall", f"http://{address}:{child.port}/")
    assert await look_around([address], seconds=0.5, clock=SystemClock()) == ()


async def test_for_this_machine_alone_it_keeps_quiet(address: str, tmp_path: Path) -> None:
    async with house(tmp_path, {"server": {"mdns": "on"}}) as child:
        await child.logged(r"listens on 127\.0\.0\.1 only.*mDNS is off")
        assert await look_around([address], seconds=0.5, clock=SystemClock()) == ()
