"""`python -m wallflower` and the `wallflower` command."""

from __future__ import annotations

import sys
from functools import partial

from wallflower.cli.arguments import run
from wallflower.cli.exits import exit_code


def main() -> None:
    """Run the command of `sys.argv`; see `wallflower --help`."""
    sys.exit(exit_code(partial(run, sys.argv[1:])))


if __name__ == "__main__":
    main()
