"""How a command ends: 0 done, 1 failed, 2 wrong settings or arguments."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

from wallflower.domain.errors import BadInput, WallflowerError, first_of

DONE: Final = 0
FAILED: Final = 1
WRONG: Final = 2

Command = Callable[[], int]


def exit_code(command: Command) -> int:
    """Run `command` and turn our errors into one clear line on stderr, without a traceback."""
    try:
        return command()
    except WallflowerError as error:
        return _failed(error)
    except ExceptionGroup as group:
        known = group.subgroup(WallflowerError)
        if known is None:
            raise
        # One reason is enough for one line; the others follow from it.
        return _failed(first_of(known))
    except BrokenPipeError:
        # Whoever read our output has seen enough (`wallflower transcribe … | head`).
        sys.stderr.close()
        return DONE
    except KeyboardInterrupt:
        return 130


def _failed(error: Exception) -> int:
    print(f"wallflower: {error}", file=sys.stderr)
    return WRONG if isinstance(error, BadInput) else FAILED
