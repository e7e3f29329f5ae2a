"""Where the broker is: as the settings say, otherwise as Home Assistant says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from wallflower.homeassistant import Supervisor
from wallflower.publish.connection import MqttConfig
from wallflower.settings.schema import MqttSettings

FindBroker = Callable[[], Awaitable[MqttConfig]]
"""The broker of this moment. Raises `BrokerMissing` or `BrokerUnreachable`."""


def broker_finder(settings: MqttSettings, supervisor: Supervisor | None) -> FindBroker | None:
    """What tells where the broker is; None: there shall be none.

    A host in `settings` goes before the broker that `supervisor` knows. Topics are those of
    `settings` with either.
    """
    config = MqttConfig.of(settings)

    async def as_set() -> MqttConfig:
        return config

    async def as_told(supervisor: Supervisor) -> MqttConfig:
        found = await supervisor.mqtt()
        return replace(
            config,
            host=found.host,
            port=found.port,
            username=found.username,
            password=found.password.get_secret_value() if found.password else None,
            tls=found.ssl,
        )

    if settings.host:
        return as_set
    return partial(as_told, supervisor) if supervisor else None
