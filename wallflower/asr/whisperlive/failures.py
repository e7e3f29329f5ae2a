"""What may go wrong with a server, beside the errors of `wallflower.domain.errors`."""

from __future__ import annotations

from wallflower.domain.errors import EngineAway, EngineBusy, EngineFailed


class ServerFull(EngineBusy):
    """All places of a server are taken for `wait_s` more seconds, as it thinks."""

    def __init__(self, server: str, wait_s: float) -> None:
        super().__init__(f"All places of the WhisperLive server at {server} are taken.")
        self.wait_s = wait_s


class ServerFrozen(EngineAway):
    """A server takes sound and writes nothing, not even what was known to be speech."""

    def __init__(self, server: str) -> None:
        super().__init__(
            f"The WhisperLive server at {server} takes sound but does not write any more; "
            "restart it."
        )


class ConnectionLost(EngineAway):
    """A connection ended under an utterance. Whether the server is away has yet to be seen."""


class LanguageUnknown(EngineFailed):
    """The server is not sure of the language and throws the sound away until it is."""


class Incomplete(EngineFailed):
    """The server wrote more than it could tell: the utterance has to be asked for again."""
