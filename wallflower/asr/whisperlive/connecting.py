"""From a URL to a session that is ready: WebSocket, token, certificate; and a sentence for what
fails.
"""

from __future__ import annotations

import ssl
import uuid
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidStatus

from wallflower.asr.whisperlive.config import WhisperLiveConfig, server_name
from wallflower.asr.whisperlive.session import Session
from wallflower.asr.whisperlive.wire.protocol import Protocol
from wallflower.domain.errors import BadSettings, EngineAway, EngineFailed, EngineRefused
from wallflower.runtime.clock import Clock

PING_EVERY_S: Final = 15.0
PONG_WITHIN_S: Final = 60.0
"""A server that decodes on all its cores is late with pongs too; whether it still writes is
watched elsewhere."""
MAX_BYTES: Final = 16 << 20
"""A message repeats many segments with all their words; the library's 1 MiB is little."""
CLOSE_S: Final = 1.0
HANDSHAKE_S: Final = 5.0
"""A server that is not frozen answers within this, however busy."""
_UNWANTED: Final = frozenset({401, 403})


def tls_context(config: WhisperLiveConfig) -> ssl.SSLContext:
    """For `wss` servers. Blocks. Raises `BadSettings` when `tls_ca` cannot be read."""
    try:
        context = ssl.create_default_context()
        if config.tls_ca is not None:
            context.load_verify_locations(config.tls_ca)
    except (OSError, ssl.SSLError) as error:
        raise BadSettings(f"The certificates in {config.tls_ca} cannot be read: {error}.") from None
    if not config.tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


async def open_session(
    url: str,
    config: WhisperLiveConfig,
    *,
    tls: ssl.SSLContext | None,
    clock: Clock,
    language: str | None,
    hotwords: tuple[str, ...],
    on_text: Callable[[], None],
) -> Session:
    """A session that is ready. Raises `EngineAway`, `EngineRefused` or `ServerFull`."""
    connection = await reach(url, config, tls)
    protocol = Protocol(uuid.uuid4().hex, config, language=language, hotwords=hotwords)
    session = Session(
        server_name(url),
        connection,
        protocol,
        clock=clock,
        language=language,
        translating=config.translate_to is not None,
        on_text=on_text,
    )
    try:
        await session.opened(config.open_timeout_s)
    except BaseException:
        await session.finish()
        raise
    return session


async def reach(
    url: str, config: WhisperLiveConfig, tls: ssl.SSLContext | None
) -> ClientConnection:
    """An open WebSocket. Raises `EngineAway` or `EngineRefused`."""
    headers = {"Authorization": f"Bearer {config.token}"} if config.token else None
    try:
        return await connect(
            url,
            additional_headers=headers,
            ssl=tls if urlsplit(url).scheme == "wss" else None,
            open_timeout=HANDSHAKE_S,
            ping_interval=PING_EVERY_S,
            ping_timeout=PONG_WITHIN_S,
            close_timeout=CLOSE_S,
            max_size=MAX_BYTES,
            # Sound hardly shrinks, and a proxy has no business in the house.
            compression=None,
            proxy=None,
        )
    except (OSError, TimeoutError, InvalidHandshake, EOFError) as error:
        raise _failure(server_name(url), error) from error


def _failure(name: str, error: Exception) -> EngineFailed:
    """One function decides what a failed connection means."""
    server = f"The WhisperLive server at {name}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return EngineRefused(
            f"{server} has a certificate that is not trusted ({error.verify_message}); "
            "set asr.whisperlive.tls_ca."
        )
    if isinstance(error, ssl.SSLError):
        return EngineRefused(f"{server} does not speak TLS as expected; use ws:// or wss://.")
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        if status in _UNWANTED:
            return EngineRefused(f"{server} refuses the token; check asr.whisperlive.token.")
        return EngineAway(f"{server} answers with HTTP status {status}; check the URL.")
    if isinstance(error, InvalidHandshake) and not isinstance(error.__cause__, EOFError):
        return EngineAway(f"{server} does not speak WebSocket; check the URL.")
    reason = "it does not answer" if isinstance(error, TimeoutError) else _reason(error)
    return EngineAway(f"{server} cannot be reached: {reason}.")


def _reason(error: Exception) -> str:
    if isinstance(error, InvalidHandshake | EOFError):
        return "it hung up before it said anything"
    if isinstance(error, ConnectionResetError):
        return "it hung up; check whether the URL has to begin with ws:// or wss://"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).rstrip(".") or type(error).__name__
