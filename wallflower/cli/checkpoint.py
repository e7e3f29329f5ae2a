"""`wallflower checkpoint`: make the database file whole, for a backup that copies it."""

from __future__ import annotations

import argparse

from wallflower.cli.exits import DONE
from wallflower.cli.place import data_folder
from wallflower.settings import load_settings
from wallflower.store import checkpoint


def command(options: argparse.Namespace) -> int:
    database = data_folder(options.data, load_settings(options.config)) / "wallflower.db"
    if database.exists():  # before the first start there is nothing to back up
        checkpoint(database)
    return DONE
