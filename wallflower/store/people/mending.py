"""A voice's prints made anew after people moved lines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from peewee import SqliteDatabase

from wallflower.domain.voices import HeardLine, RoomPrint
from wallflower.store.models import LineRow
from wallflower.store.people.moving import has_lines
from wallflower.store.rows.line_prints import heard_lines
from wallflower.store.rows.voices import put_prints, voice_of

MEND_LINES: Final = 200
"""A voice's prints rest on so many of its best lines: some ten minutes of speech."""

PrintsOf = Callable[[Sequence[HeardLine], Sequence[RoomPrint]], tuple[RoomPrint, ...]]
"""`prints_of(lines, kept)`: a voice's prints out of its lines and of the prints it had, of which
there may be several for one stream. Pure, and quick enough for the writer's thread."""


@dataclass(frozen=True, slots=True)
class Mending:
    """How prints are made; comes from the speaker stage."""

    encoder: str
    prints_of: PrintsOf

    def mend(
        self,
        database: SqliteDatabase,
        voice_id: int,
        *,
        more: Sequence[RoomPrint] = (),
        left: Collection[str] = (),
    ) -> None:
        """Make the prints of a voice anew, with `more` of what it was known by.

        `left` are streams that the voice lost lines on: where it has none any more, its print
        came from somebody else's speech and goes.
        """
        known = voice_of(database, voice_id, self.encoder).prints
        false = {name for name in left if not has_lines(database, voice_id, stream_id=name)}
        kept = [print_ for print_ in known if print_.stream_id not in false]
        which = LineRow.speaker == voice_id
        lines = heard_lines(database, self.encoder, which, MEND_LINES, best=True)
        put_prints(database, self.encoder, voice_id, self.prints_of(lines, [*kept, *more]))
