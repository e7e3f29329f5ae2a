"""`wallflower bench`: measure this machine and hold the figures against the bars."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path
from typing import Final

from wallflower.capture import find_ffmpeg
from wallflower.cli.bench import measure
from wallflower.cli.bench.figures import as_json, as_table
from wallflower.cli.exits import DONE, FAILED
from wallflower.cli.log import set_up_log

MEASUREMENTS: Final = {
    "latency": measure.latency,
    "talkers": measure.talkers,
    "idle": measure.idle,
    "start": measure.start,
    "whisperlive": measure.whisperlive,
}


def command(options: argparse.Namespace) -> int:
    set_up_log("warning")
    asked = {"streams": options.streams, "seconds": options.seconds}
    with tempfile.TemporaryDirectory() as folder:
        place = measure.Place(Path(folder), find_ffmpeg(), options.media)
        run = MEASUREMENTS[options.what]
        given = {key: value for key, value in asked.items() if value is not None}
        figures, notes = asyncio.run(run(place, **given))
    print(as_json(figures, notes) if options.json else as_table(figures, notes))
    return DONE if all(figure.met for figure in figures) else FAILED
