"""Where the house meets the network: pages, the broker, other Wallflowers."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from typing import Final

from wallflower import __version__
from wallflower.api import Ingress, Services, create_app, serve
from wallflower.app.basis import Basis
from wallflower.domain.keywords import Keyword
from wallflower.homeassistant import Rights, Supervisor
from wallflower.publish import FindBroker, MqttConfig, MqttPublisher, node_id
from wallflower.publish.mdns import Identity, Presence, silent_because
from wallflower.settings.schema import ServerSettings

ALL_ADDRESSES: Final = "0.0.0.0"  # noqa: S104 - the container's; `Ingress` keeps others out

_log = logging.getLogger(__name__)


def open_pages(
    tasks: asyncio.TaskGroup,
    settings: ServerSettings,
    services: Services,
    supervisor: Supervisor | None,
    port: asyncio.Future[int],
) -> list[asyncio.Task[None]]:
    """Serve the page and the API: to the network, and in Home Assistant's panel.

    `port` gets the network's port as soon as clients can connect.
    """
    for notice in services.notices:
        _log.warning("%s", notice.text)
    web = create_app(services, cors_origins=settings.cors_origins)
    at_home = serve(
        web,
        host=settings.host,
        port=settings.port,
        closing=services.closing,
        on_listening=port.set_result,
    )
    pages = [tasks.create_task(at_home, name="page")]
    if supervisor:
        in_panel = serve(
            Ingress(web, Rights(supervisor.admins, services.clock).is_admin),
            host=ALL_ADDRESSES,
            port=settings.ingress_port,
            closing=services.closing,
            setting="server.ingress_port",
        )
        pages.append(tasks.create_task(in_panel, name="ingress"))
    return pages


async def presence_of(basis: Basis, supervisor: Supervisor | None) -> Presence:
    """How this Wallflower shows itself to the network."""
    settings = basis.settings.server
    inside = supervisor is not None
    return Presence(
        Identity(
            await node_id(basis.store.values), settings.name or socket.gethostname(), __version__
        ),
        host=settings.host,
        clock=basis.clock,
        health=basis.health,
        silent_because=silent_because(settings.mdns, settings.host, inside_home_assistant=inside),
    )


async def publisher_at(
    broker: FindBroker,
    basis: Basis,
    services: Services,
    keywords: Sequence[Keyword],
    leaving: asyncio.Event,
    restart: Callable[[], None],
) -> MqttPublisher:
    """What tells the broker; it ends with `leaving`."""
    store = basis.store
    return MqttPublisher(
        MqttConfig.of(basis.settings.mqtt),
        broker=broker,
        node_id=await node_id(store.values),
        version=services.version,
        house=services.house,
        journal=store.journal,
        values=store.values,
        lines=store.lines,
        voices=store.voices,
        bus=basis.bus,
        health=basis.health,
        clock=basis.clock,
        closing=leaving,
        engine_state=services.engine,
        restart=restart,
        keywords=keywords,
    )
