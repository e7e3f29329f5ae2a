"""One house per data folder."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from wallflower.domain.errors import BadSettings


@contextlib.contextmanager
def only_user(folder: Path) -> Iterator[None]:
    """Hold `folder` (made when missing) for this process; it is free again when it ends, however.

    Raises `BadSettings` when another Wallflower holds it or it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "wallflower.lock").open("a")
    except OSError as error:
        message = f"The data folder {folder} cannot be written ({error.strerror}); choose --data."
        raise BadSettings(message) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"Another Wallflower uses the data folder {folder}; stop it or choose --data."
            raise BadSettings(message) from None
        yield
