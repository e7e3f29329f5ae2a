"""The Supervisor: what Home Assistant's keeper of apps tells the apps it keeps.

Source: Home Assistant's developer documentation, "Endpoints" and "App communication".
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, Self

import httpx
from pydantic import BaseModel, SecretStr, ValidationError

from wallflower.domain.errors import BrokerMissing, BrokerUnreachable
from wallflower.homeassistant.core import admins

TOKEN: Final = "SUPERVISOR_TOKEN"  # noqa: S105 - the variable's name
"""The environment variable that only apps of Home Assistant have."""

BASE: Final = "http://supervisor"

ANSWER_S: Final = 10.0


class MqttService(BaseModel):
    """The broker of an app that offers one, and the account it made for us."""

    host: str
    port: int
    """Some brokers' apps send it as text."""
    ssl: bool = False
    username: str | None = None
    password: SecretStr | None = None


class _Answer(BaseModel):
    data: MqttService


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Asks with the app's own token; nothing is ever written, options neither."""

    token: str = field(repr=False)
    base: str = BASE
    """`http://host`, without a path."""

    @classmethod
    def found(cls, environ: Mapping[str, str]) -> Self | None:
        """The one that started us; None outside Home Assistant."""
        token = environ.get(TOKEN)
        return cls(token) if token else None

    async def mqtt(self) -> MqttService:
        """Where the broker is.

        Raises `BrokerMissing` while Home Assistant has none for us, and `BrokerUnreachable` when
        the Supervisor does not say.
        """
        try:
            answer = await self._get("/services/mqtt")
            if answer.status_code in (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN):
                raise BrokerMissing(
                    "Home Assistant has no MQTT broker for Wallflower; install and start the app "
                    "Mosquitto broker, or set mqtt.host."
                )
            answer.raise_for_status()
            return _Answer.model_validate_json(answer.content).data
        except httpx.HTTPStatusError as error:
            reason = f"HTTP status {error.response.status_code}"
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
        except ValidationError:
            reason = "its answer cannot be understood"
        raise BrokerUnreachable(
            f"Home Assistant's Supervisor does not tell where the MQTT broker is ({reason}); it "
            "is asked again by itself, or set mqtt.host."
        )

    async def admins(self) -> frozenset[str]:
        """Ids of the users who may do everything in Home Assistant. Raises `RightsUnknown`."""
        return await admins(f"ws{self.base.removeprefix('http')}/core/websocket", self.token)

    async def _get(self, path: str) -> httpx.Response:
        # The Supervisor is plain HTTP inside this machine: no certificates to read from disk,
        # and no proxy that the environment may name.
        nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        async with httpx.AsyncClient(
            base_url=self.base,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=ANSWER_S,
            trust_env=False,
            verify=nobody,
        ) as client:
            return await client.get(path)
