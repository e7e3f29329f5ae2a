"""Whatever can still be read of a damaged database, in a new one.

Rows are taken from the pages themselves, not through SQLite: with the header, an inner page or
half of the file gone, SQLite refuses or stops where most rows still lie there whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from wallflower.domain.times import WallTime
from wallflower.store.files import beside, mark_of, shm_of, wal_of
from wallflower.store.migrations import migrate
from wallflower.store.salvage.rebuild import Rebuild
from wallflower.store.salvage.remains import Remains


def salvage(path: Path, now: WallTime) -> str:
    """Put a new database in the place of the damaged one at `path`; say so in a sentence.

    The damaged file and its log are renamed, not changed. Blocks, for some two minutes per million
    lines. Raises peewee's errors and `OSError`, and has changed nothing at `path` then.
    """
    kept = beside(path, "damaged", now)
    new = beside(path, "salvage", now)
    try:
        migrate(new, now)
        with Rebuild(new) as rebuild, Remains(path) as remains:
            rebuild.take(remains)
            found = rebuild.finish()
    except BaseException:
        _remove((new, wal_of(new), shm_of(new)))
        raise
    if wal_of(path).exists():
        wal_of(path).rename(wal_of(kept))
    if path.exists():
        path.rename(kept)
    _remove((shm_of(path), mark_of(path)))
    new.rename(path)
    return (
        f"The database {path.name} was damaged: {found} could be saved into a new one, and the "
        f"damaged file is kept as {kept.name}."
    )


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
