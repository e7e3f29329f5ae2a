"""Ask around the network, and show who answered."""

from __future__ import annotations

import argparse
import asyncio

from wallflower.capture import find_cameras
from wallflower.cli.discover.shown import Around, as_json, as_text
from wallflower.cli.exits import DONE
from wallflower.cli.log import set_up_log
from wallflower.domain.errors import WallflowerError
from wallflower.publish.mdns import look_around
from wallflower.runtime.addresses import lan_addresses
from wallflower.runtime.clock import SystemClock


def command(options: argparse.Namespace) -> int:
    set_up_log("error")
    around = asyncio.run(_ask(options.seconds))
    print(as_json(around) if options.json else as_text(around))
    return DONE


async def _ask(seconds: float) -> Around:
    addresses, clock = lan_addresses(), SystemClock()
    if not addresses:
        raise WallflowerError(
            "This machine has no address on a network; connect it, or look with `ip address`."
        )
    wallflowers, cameras = await asyncio.gather(
        look_around(addresses, seconds=seconds, clock=clock),
        find_cameras(addresses, seconds=seconds, clock=clock),
    )
    return Around(wallflowers, cameras)
