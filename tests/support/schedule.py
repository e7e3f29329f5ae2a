"""Which worker of pytest-xdist gets which tests."""

from __future__ import annotations

from typing import Final

from xdist.scheduler import LoadFileScheduling

from tests.support.homeassistant import VERSIONS

COSTLY: Final = "tests/homeassistant/"
"""Starting what these tests talk to takes longer than most of them."""


class ByFile(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """All tests of a file go to one worker, and so do all of one version of Home Assistant.

    Each worker starts what its tests need: this way each version is started once.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(COSTLY):
            for version in VERSIONS:
                if f"[{version}" in nodeid:
                    return f"{COSTLY}{version}"
        return str(super()._split_scope(nodeid))
