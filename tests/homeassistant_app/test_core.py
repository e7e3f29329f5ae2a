"""Who is an administrator; and that no other answer makes anybody one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.homeassistant_app.keeper import TOKEN, Keeper, user
from tests.support.mosquitto import free_port
from wallflower.domain.errors import RightsUnknown
from wallflower.homeassistant import Supervisor, core


async def test_active_administrators_and_the_owner(supervisor: Supervisor, keeper: Keeper) -> None:
    keeper.users = [
        user("anna", "system-admin"),
        user("olga", owner=True),
        user("both", "system-users", "system-admin"),
        user("ben", "system-users"),
        user("guest", "system-read-only"),
        user("nobody"),
        user("left", "system-admin", active=False),
        user("old-owner", "system-admin", active=False, owner=True),
    ]
    assert await supervisor.admins() == {"anna", "olga", "both"}


@pytest.mark.parametrize(
    "users",
    [
        None,
        {},
        [{"id": "anna", "group_ids": ["system-admin"]}],
        [{"id": "anna", "is_owner": True, "is_active": "perhaps", "group_ids": []}],
        [{"is_owner": True, "is_active": True, "group_ids": []}],
        ["anna"],
    ],
)
async def test_users_of_another_shape(supervisor: Supervisor, keeper: Keeper, users: Any) -> None:
    keeper.users = users
    with pytest.raises(RightsUnknown, match="cannot be understood"):
        await supervisor.admins()


async def test_core_does_not_let_us_ask(supervisor: Supervisor, keeper: Keeper) -> None:
    keeper.refusal = {"success": False, "error": {"code": "unauthorized"}}
    with pytest.raises(RightsUnknown):
        await supervisor.admins()


async def test_an_answer_to_another_question(supervisor: Supervisor, keeper: Keeper) -> None:
    keeper.refusal = {"id": 7, "success": True, "result": keeper.users}
    with pytest.raises(RightsUnknown):
        await supervisor.admins()


async def test_a_wrong_token(supervisor: Supervisor) -> None:
    with pytest.raises(RightsUnknown, match="does not take Wallflower's token"):
        await Supervisor("stale", supervisor.base).admins()


async def test_core_hangs(
    supervisor: Supervisor, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "ANSWER_S", 0.5)
    keeper.mute = True
    with pytest.raises(RightsUnknown, match="it does not answer"):
        await supervisor.admins()


async def test_nobody_there() -> None:
    with pytest.raises(RightsUnknown, match="try again when it runs"):
        await Supervisor(TOKEN, f"http://127.0.0.1:{free_port()}").admins()


async def test_something_else_there(supervisor: Supervisor) -> None:
    with pytest.raises(RightsUnknown, match="HTTP"):
        await core.admins(f"ws{supervisor.base.removeprefix('http')}/elsewhere", TOKEN)
