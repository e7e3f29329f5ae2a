"""`wallflower export-encoder`: make the ONNX speaker encoder again from Resemblyzer's weights."""

from __future__ import annotations

import argparse

from wallflower.cli.exits import DONE
from wallflower.speakers import export_encoder


def command(options: argparse.Namespace) -> int:
    manifest = export_encoder(options.folder)
    print(f"Exported to {manifest.parent}.")
    return DONE
