"""The real Core's answer to who is an administrator."""

from __future__ import annotations

import pytest

from tests.support.homeassistant import Core
from wallflower.domain.errors import RightsUnknown
from wallflower.homeassistant.core import admins

pytestmark = [pytest.mark.peer, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


async def test_administrators_are_told_from_others(home: Core) -> None:
    url = f"ws://127.0.0.1:{home.port}/api/websocket"
    token = (home.folder / "token").read_text().strip()
    async with home.connected() as client:
        me = (await client.ask("auth/current_user"))["id"]

        async def user(name: str, group: str) -> str:
            made = await client.ask("config/auth/create", name=name, group_ids=[group])
            return str(made["user"]["id"])

        anna = await user("Anna", "system-admin")
        ben = await user("Ben", "system-users")
        gone = await user("Gone", "system-admin")
        await client.ask("config/auth/update", user_id=gone, is_active=False)
        found = await admins(url, token)
        assert {me, anna} <= found
        assert not {ben, gone} & found

        await client.ask("config/auth/update", user_id=ben, group_ids=["system-admin"])
        await client.ask("config/auth/update", user_id=anna, group_ids=["system-users"])
        assert await admins(url, token) == (found | {ben}) - {anna}

        for one in (anna, ben, gone):
            await client.ask("config/auth/delete", user_id=one)


async def test_a_token_that_core_does_not_know(home: Core) -> None:
    with pytest.raises(RightsUnknown, match="does not take Wallflower's token"):
        await admins(f"ws://127.0.0.1:{home.port}/api/websocket", "unknown")
