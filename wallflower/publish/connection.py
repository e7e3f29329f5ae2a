"""A connection to the broker, with errors that tell people what to do."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

import aiomqtt
from aiomqtt.exceptions import MqttConnectError

from wallflower.domain.errors import BrokerRefused, BrokerUnreachable
from wallflower.publish.payloads import Message
from wallflower.settings.schema import MqttSettings

KEEPALIVE_S: Final = 30
"""A broker that says nothing for this long is asked, and given up after the same time again."""
ANSWER_S: Final = 10.0
GOODBYE_S: Final = 1.0
ECHO_S: Final = 3.0
"""How long what is said on a topic may take to come back from it."""
INCOMING: Final = 200
"""Messages to us that may wait; more are thrown away, which is logged once."""

_BAD_LOGIN: Final = (134, 135)
"""MQTT's reason codes for a wrong password and for no permission."""
_FAILURE: Final = 0x80
"""From here on MQTT's reason codes mean no."""

T = TypeVar("T")

_log = logging.getLogger(__name__)


class _Flood(logging.Filter):
    """Of what aiomqtt says only that messages are lost, once; errors of ours tell the rest."""

    def __init__(self) -> None:
        super().__init__()
        self._told = False

    def filter(self, record: logging.LogRecord) -> bool:
        if "queue is full" in record.msg and not self._told:
            self._told = True
            _log.warning(
                "More comes in from the MQTT broker than can be read; some is thrown away."
            )
        return False


@dataclass(frozen=True, slots=True)
class Tls:
    """How to encrypt. Without files the system's certificate authorities are trusted."""

    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None


@dataclass(frozen=True, slots=True)
class MqttConfig:
    """Where the broker is and how its topics begin."""

    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Tls | bool = False
    """True: `Tls()`."""
    topic: str = "wallflower"
    discovery_prefix: str = "homeassistant"
    partials: bool = False
    """Also publish text while someone still talks."""
    snapshots: bool = False
    """Also publish a picture when somebody begins to talk."""
    retain_snapshots: bool = False
    """Have the broker keep the last picture of each stream."""
    client_id: str | None = None
    """Must be unlike every other client's at the broker; None: made of the node id."""

    @classmethod
    def of(cls, settings: MqttSettings) -> MqttConfig:
        """As the settings say; without a `host` there, somebody else has to know it."""
        return cls(
            host=settings.host or "",
            port=settings.port,
            username=settings.username,
            password=settings.password.get_secret_value() if settings.password else None,
            tls=settings.tls,
            topic=settings.topic,
            discovery_prefix=settings.discovery_prefix,
            partials=settings.partials,
            snapshots=settings.snapshots,
            retain_snapshots=settings.retain_snapshots,
        )

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"


@contextlib.asynccontextmanager
async def connected(
    config: MqttConfig, *, client_id: str, will: Message | None = None, answer_s: float = ANSWER_S
) -> AsyncIterator[aiomqtt.Client]:
    """Connect; say goodbye on leaving, within `GOODBYE_S`, so that the broker drops `will`.

    `answer_s` is how long the broker may take to confirm anything.

    Raises `BrokerRefused` or `BrokerUnreachable`; an `MqttError` that comes out of the block
    means that the connection was lost, and becomes a `BrokerUnreachable` too.
    """
    chatter = logging.Logger("aiomqtt")  # noqa: LOG001 - tells once for each connection
    chatter.addFilter(_Flood())
    client = aiomqtt.Client(
        config.host,
        config.port,
        username=config.username,
        password=config.password,
        identifier=client_id,
        will=aiomqtt.Will(will.topic, will.payload, will.qos, will.retain) if will else None,
        keepalive=KEEPALIVE_S,
        timeout=answer_s,
        max_queued_incoming_messages=INCOMING,
        logger=chatter,
        tls_params=_tls(config.tls),
    )
    try:
        await _heeding_cancel(client.__aenter__())
    except MqttConnectError as error:
        raise _refused(config, error) from error
    except (aiomqtt.MqttError, OSError, ValueError) as error:
        raise _unreachable(config, error) from error
    try:
        yield client
    except aiomqtt.MqttError as error:
        raise _lost(config, error) from error
    finally:
        # A broker that does not answer a goodbye is no reason to wait, or to fail.
        with contextlib.suppress(aiomqtt.MqttError, TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                await client.__aexit__(None, None, None)


async def try_broker(config: MqttConfig) -> None:
    """Connect, and see that what is said arrives. Raises `BrokerRefused` or `BrokerUnreachable`.

    A broker confirms also what it forbids, so each place of ours has to echo.
    """
    places = (config.topic, f"{config.discovery_prefix}/device/wallflower")
    async with connected(config, client_id=f"wallflower-try-{uuid.uuid4().hex[:8]}") as client:
        for place in places:
            if not await _echoes(client, f"{place}/try"):
                raise BrokerRefused(
                    f"The MQTT broker at {config.address} passes nothing on under {place}; let"
                    f" Wallflower's account read and write {config.topic}/# and"
                    f" {config.discovery_prefix}/#."
                )


async def _echoes(client: aiomqtt.Client, topic: str) -> bool:
    # Where it is forbidden one broker keeps quiet and another hangs up.
    with contextlib.suppress(TimeoutError, aiomqtt.MqttError):
        async with asyncio.timeout(ECHO_S):
            await subscribe(client, [topic])
            await send(client, Message(topic, ""))
            async for message in client.messages:
                if message.topic.value == topic:
                    return True
    return False


async def subscribe(client: aiomqtt.Client, topics: Sequence[str]) -> None:
    """Have messages to `topics` (filters) sent to us.

    A broker that forbids one is only logged: we can still tell what we hear.
    """
    for topic in topics:
        granted = await _heeding_cancel(client.subscribe(topic, qos=1))
        codes = [code if isinstance(code, int) else code.value for code in granted]
        if max(codes) >= _FAILURE:
            _log.warning("The MQTT broker does not let Wallflower read %s; check its ACL.", topic)


async def kept_on(client: aiomqtt.Client, topics: Sequence[str], *, end: str) -> dict[str, str]:
    """What the broker keeps on `topics` (filters), by topic.

    Nobody else reads `client.messages` meanwhile. `end` is a topic of our own, on which nothing
    is kept: the broker answers in order, so once our message there is back, all else was here.
    """
    kept: dict[str, str] = {}
    await subscribe(client, [*topics, end])
    await send(client, Message(end, ""))
    # A broker that forbids us to read sends nothing back.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(ANSWER_S):
            async for message in client.messages:
                if message.topic.value == end:
                    break
                kept[message.topic.value] = bytes(message.payload).decode(errors="replace")
    return kept


async def send(client: aiomqtt.Client, message: Message) -> None:
    """Hand `message` to the broker and, above QoS 0, wait until it has confirmed it.

    Raises `aiomqtt.MqttError` when the connection is lost, or no answer comes in time.
    """
    payload = message.payload
    if isinstance(payload, str):
        # Half a surrogate pair in a name must not stop everything behind it.
        payload = payload.encode(errors="replace")
    await _heeding_cancel(
        client.publish(message.topic, payload, qos=message.qos, retain=message.retain)
    )


async def _heeding_cancel(work: Awaitable[T]) -> T:
    """Await `work` of aiomqtt without losing a cancellation.

    It uses `asyncio.wait_for`, which before Python 3.12 forgets a cancellation that comes in the
    same moment as the result. The task would then go on for ever.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    result = await work
    if task and task.cancelling() > before:
        raise asyncio.CancelledError
    return result


def _tls(tls: Tls | bool) -> aiomqtt.TLSParameters | None:
    if tls is False:
        return None
    files = Tls() if tls is True else tls
    return aiomqtt.TLSParameters(
        ca_certs=files.ca_file, certfile=files.cert_file, keyfile=files.key_file
    )


def _refused(config: MqttConfig, error: MqttConnectError) -> BrokerRefused:
    if getattr(error.rc, "value", None) in _BAD_LOGIN:
        who = "without a user name" if config.username is None else f"as {config.username!r}"
        return BrokerRefused(
            f"The MQTT broker at {config.address} does not let Wallflower in {who};"
            " check mqtt.username and mqtt.password."
        )
    return BrokerRefused(
        f"The MQTT broker at {config.address} refuses the connection ({error.rc});"
        " its log tells why."
    )


def _unreachable(config: MqttConfig, error: Exception) -> BrokerUnreachable:
    reason = str(error)
    if "SSL" in reason or "certificate" in reason.lower():
        return BrokerUnreachable(
            f"No secure connection to the MQTT broker at {config.address} ({reason});"
            " check mqtt.tls, mqtt.port and the broker's certificate."
        )
    if config.tls is not False and "[Errno 2]" in reason:
        return BrokerUnreachable("A certificate file that mqtt.tls names is not there.")
    return BrokerUnreachable(
        f"The MQTT broker at {config.address} cannot be reached ({reason});"
        " check that it runs, and mqtt.host and mqtt.port."
    )


def _lost(config: MqttConfig, error: aiomqtt.MqttError) -> BrokerUnreachable:
    return BrokerUnreachable(
        f"The connection to the MQTT broker at {config.address} was lost ({error});"
        " lines wait in the store until it is back."
    )
