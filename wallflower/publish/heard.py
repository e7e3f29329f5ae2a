"""Who talks, or talked last, on each stream. Pure.

What a person or the second look corrects later is corrected here too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from wallflower.domain.events import (
    Event,
    LineCommitted,
    LineCorrected,
    SpeakerForgotten,
    SpeakerHeard,
    SpeakerRenamed,
)
from wallflower.domain.speech import Line, SpeakerRef
from wallflower.domain.times import WallTime
from wallflower.domain.voices import Voice


@dataclass(frozen=True, slots=True)
class Speaking:
    speaker: SpeakerRef | None
    """None: somebody nobody can tell."""
    since: WallTime


class Heard:
    """The speaker of each stream."""

    def __init__(self) -> None:
        self._speaking: dict[str, Speaking] = {}
        self._newest: dict[str, int] = {}
        """The id of the newest line with a speaker, by stream."""

    def __contains__(self, stream_id: str) -> bool:
        return stream_id in self._speaking

    def on(self, stream_id: str) -> Speaking | None:
        """None while nothing is known of the stream."""
        return self._speaking.get(stream_id)

    def remember(self, stream_id: str, lines: Iterable[Line]) -> None:
        """Begin with what the store knows: the stream's newest lines, newest first."""
        for line in lines:
            self._speaking.setdefault(stream_id, Speaking(None, line.start))
            if line.speaker is not None:
                self._speaking[stream_id] = Speaking(line.speaker, line.start)
                self._newest[stream_id] = line.id or 0
                break

    def forget(self, stream_id: str | None = None) -> None:
        """Nothing is known of one stream, or of any (None), any more."""
        for one in list(self._speaking) if stream_id is None else [stream_id]:
            self._speaking.pop(one, None)
            self._newest.pop(one, None)

    def apply(self, event: Event) -> list[str]:
        """Take note of `event`; the streams whose speaker is different now.

        For `SpeakerMerged` see `merged`.
        """
        match event:
            case SpeakerHeard(stream_id, speaker, since):
                self._speaking[stream_id] = Speaking(speaker, since)
                return [stream_id]
            case SpeakerRenamed(_, voice_id, name, known):
                return self._change(voice_id, lambda ref: replace(ref, name=name, known=known))
            case SpeakerForgotten(_, voice_id):
                return self._change(voice_id, lambda _: None)
            case LineCommitted(_, line) if line.speaker is not None and line.id is not None:
                self._newest[line.stream_id] = line.id
            case LineCorrected(_, line) if self._newest.get(line.stream_id) == line.id:
                return self._correct(line)
            case _:
                pass
        return []

    def merged(self, gone_id: int, into: Voice | None) -> list[str]:
        """A voice is part of another, or (None) of one that is itself gone."""
        if into is None:
            return self._change(gone_id, lambda _: None)
        return self._change(gone_id, lambda ref: into.ref(ref.confidence, sure=ref.sure))

    def _correct(self, line: Line) -> list[str]:
        before = self._speaking.get(line.stream_id)
        if before is None:
            return []
        same = before.speaker and line.speaker and before.speaker.id == line.speaker.id
        since = before.since if same else line.start
        self._speaking[line.stream_id] = Speaking(line.speaker, since)
        return [line.stream_id]

    def _change(
        self, voice_id: int, change: Callable[[SpeakerRef], SpeakerRef | None]
    ) -> list[str]:
        changed = []
        for stream_id, speaking in self._speaking.items():
            if speaking.speaker is not None and speaking.speaker.id == voice_id:
                self._speaking[stream_id] = replace(speaking, speaker=change(speaking.speaker))
                changed.append(stream_id)
        return changed
