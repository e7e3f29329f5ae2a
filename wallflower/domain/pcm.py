"""A piece of sound on its way from capture to the stages that listen."""

from __future__ import annotations

from dataclasses import dataclass

from wallflower.domain.times import MediaTime, WallTime


@dataclass(frozen=True, slots=True)
class PcmBlock:
    """Consecutive samples of one capture run: mono, 16 kHz, signed 16 bit little-endian."""

    data: bytes
    media: MediaTime
    """When its first sample sounded, on the capture's own clock."""
    wall: WallTime
    """The same moment in UTC, as capture estimates it."""
    gap: bool = False
    """True when samples are missing between the block before and this one."""
