"""What every recognition engine offers, whoever runs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from wallflower.domain.speech import Transcript, Utterance


class Recognition(Protocol):
    """One stream's way to an engine. Utterances of a stream are finished in order."""

    async def partial(self, utterance: Utterance) -> Transcript | None:
        """Text so far of a snapshot (`ended` is false).

        Best effort: None when the engine has no capacity to spare, or when a newer snapshot or
        the final text overtook this one.
        """
        ...

    async def final(self, utterance: Utterance) -> Transcript:
        """The words of an ended utterance; no words when nothing was said.

        Raises `EngineFailed` when the engine broke on it; the caller decides who tries next.
        """
        ...

    async def close(self) -> None:
        """Give back what the stream held."""
        ...


class Engine(Protocol):
    """A recogniser shared by all streams."""

    @property
    def name(self) -> str: ...

    @property
    def ready(self) -> bool:
        """Whether weights are loaded and utterances can be taken."""
        ...

    @property
    def backlog_s(self) -> float:
        """Seconds of ended speech that wait for their text."""
        ...

    async def start(self) -> None:
        """Load what is needed. Raises `ModelMissing` or `EngineFailed`."""
        ...

    def open(self, stream_id: str) -> Recognition: ...

    def hint(self, words: Sequence[str]) -> None:
        """Names and keywords that are likely to be said."""
        ...

    async def close(self) -> None: ...
