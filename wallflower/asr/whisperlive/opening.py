"""From a URL to a session that is ready."""

from __future__ import annotations

import ssl
import uuid
from collections.abc import Callable

from websockets.exceptions import ConnectionClosed

from wallflower.asr.whisperlive.config import WhisperLiveConfig, server_name
from wallflower.asr.whisperlive.connecting import reach
from wallflower.asr.whisperlive.protocol import Protocol
from wallflower.asr.whisperlive.session import Session
from wallflower.runtime.clock import Clock


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
    except ConnectionClosed:
        raise session.failure from None
    except BaseException:
        await session.finish()
        raise
    return session
