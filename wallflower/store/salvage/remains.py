"""A damaged database as pages: those of the file, and the younger ones of its log."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from wallflower.store.files import page_size_of, wal_of
from wallflower.store.salvage.records import Value, rows_of_page
from wallflower.store.salvage.wal import read_log

Row = tuple[int, tuple[Value, ...]]
"""Row id and columns."""


class Remains:
    """Open files, only ever read. Raises `OSError`; blocks."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO | None = path.open("rb") if path.exists() else None
        self._page_size = page_size_of(path)
        wal = wal_of(path)
        self._log: BinaryIO | None = wal.open("rb") if wal.exists() else None
        self._offsets: dict[int, list[int]] = {}
        """Where the log holds versions of a page, oldest first."""
        for frame in read_log(wal, self._page_size).frames:
            self._offsets.setdefault(frame.page, []).append(frame.offset)
        size = path.stat().st_size if self._file else 0
        in_file = -(-size // self._page_size)
        self._in_file = in_file
        self._pages = sorted({*range(1, in_file + 1), *self._offsets})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in (self._file, self._log):
            if file is not None:
                file.close()

    def rows(self) -> Iterator[Row]:
        """Every readable row of the newest version of every page."""
        for number in self._pages:
            yield from rows_of_page(self._newest(number), number, self._overflow)

    def older_rows(self) -> Iterator[Row]:
        """Rows of pages that the log replaced, youngest version first.

        Some say what the newest ones say; some are what a damaged newest version lost; and some
        were deleted on purpose.
        """
        for number, offsets in self._offsets.items():
            for offset in reversed(offsets[:-1]):
                yield from rows_of_page(self._in_log(offset), number, self._overflow)
            if number <= self._in_file:
                yield from rows_of_page(self._from_file(number), number, self._overflow)

    def _newest(self, number: int) -> bytes:
        offsets = self._offsets.get(number)
        return self._in_log(offsets[-1]) if offsets else self._from_file(number)

    def _in_log(self, offset: int) -> bytes:
        return self._at(self._log, offset)

    def _from_file(self, number: int) -> bytes:
        return self._at(self._file, (number - 1) * self._page_size)

    def _at(self, file: BinaryIO | None, offset: int) -> bytes:
        if file is None:
            return bytes(self._page_size)
        file.seek(offset)
        # A file cut short ends in the middle of a page.
        return file.read(self._page_size).ljust(self._page_size, b"\0")

    def _overflow(self, number: int, length: int) -> bytes | None:
        chain: list[bytes] = []
        content = self._page_size - 4
        if length > content * len(self._pages):
            return None
        for _ in range(-(-length // content)):
            if not 1 < number <= self._pages[-1]:
                return None
            page = self._newest(number)
            (number,) = struct.unpack_from(">I", page)
            chain.append(page[4:])
        return b"".join(chain)[:length]
