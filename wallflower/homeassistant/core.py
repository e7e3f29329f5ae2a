"""One question to Home Assistant's Core over its WebSocket API: who is an administrator?

Source: Home Assistant's developer documentation, "WebSocket API"; `config/auth/list` as the real
Core answers it (tests).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from wallflower.domain.errors import RightsUnknown

ADMINS: Final = "system-admin"
"""The group of users who may do everything."""

ANSWER_S: Final = 10.0
CLOSE_S: Final = 1.0
MAX_BYTES: Final = 4 << 20
"""A user takes some 300 bytes; this is a large household."""

_QUESTION: Final = 1


class User(BaseModel):
    """What we read of a user as Core describes it."""

    id: str
    is_owner: bool
    is_active: bool
    group_ids: list[str]

    @property
    def is_admin(self) -> bool:
        return self.is_active and (self.is_owner or ADMINS in self.group_ids)


class _Hello(BaseModel):
    type: Literal["auth_required"]


class _Welcome(BaseModel):
    type: Literal["auth_ok"]


class _Unwelcome(BaseModel):
    type: Literal["auth_invalid"]


class _Users(BaseModel):
    type: Literal["result"]
    id: Literal[1]
    success: Literal[True]
    result: list[User]


_Admission: Final[TypeAdapter[_Welcome | _Unwelcome]] = TypeAdapter(
    Annotated[_Welcome | _Unwelcome, Field(discriminator="type")]
)


async def admins(url: str, token: str) -> frozenset[str]:
    """Ids of the active users of the Core at `url` who are administrators or the owner.

    `url` is of its WebSocket API (`ws://…/websocket`); `token` must be an administrator's or the
    Supervisor's. Raises `RightsUnknown` when there is no clear answer, whatever the reason.
    """
    try:
        async with (
            asyncio.timeout(ANSWER_S),
            connect(url, proxy=None, max_size=MAX_BYTES, close_timeout=CLOSE_S) as core,
        ):
            return _admins_of(await _users(core, token))
    except ValidationError:
        raise _unknown("its answer cannot be understood") from None
    except TimeoutError:
        raise _unknown("it does not answer") from None
    except (OSError, EOFError, WebSocketException) as error:
        raise _unknown(str(error).rstrip(".") or type(error).__name__) from error


async def _users(core: ClientConnection, token: str) -> list[User]:
    _Hello.model_validate_json(await core.recv())
    await core.send(json.dumps({"type": "auth", "access_token": token}))
    if isinstance(_Admission.validate_json(await core.recv()), _Unwelcome):
        raise _unknown("it does not take Wallflower's token")
    await core.send(json.dumps({"id": _QUESTION, "type": "config/auth/list"}))
    return _Users.model_validate_json(await core.recv()).result


def _admins_of(users: Iterable[User]) -> frozenset[str]:
    return frozenset(user.id for user in users if user.is_admin)


def _unknown(reason: str) -> RightsUnknown:
    return RightsUnknown(
        "Home Assistant cannot be asked who is an administrator, so nothing that needs one can be "
        f"done now ({reason}); try again when it runs."
    )
