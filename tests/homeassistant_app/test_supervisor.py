"""Where the broker is, and the sentences for a Supervisor that does not say."""

from __future__ import annotations

import pytest
from quart import Response

from tests.homeassistant_app.keeper import TOKEN, Keeper
from tests.support.mosquitto import free_port
from wallflower.domain.errors import BrokerMissing, BrokerUnreachable, is_fatal
from wallflower.homeassistant import Supervisor


async def test_the_broker_and_our_account_there(supervisor: Supervisor) -> None:
    found = await supervisor.mqtt()
    assert (found.host, found.port, found.ssl) == ("core-mosquitto", 1883, False)
    assert found.username == "addons"
    assert found.password is not None
    assert found.password.get_secret_value() == "Sesame"
    assert "Sesame" not in repr(found)
    assert TOKEN not in repr(supervisor)


async def test_an_open_broker_needs_no_account(supervisor: Supervisor, keeper: Keeper) -> None:
    keeper.broker = {"host": "core-mosquitto", "port": 8883, "ssl": True, "password": None}
    found = await supervisor.mqtt()
    assert (found.port, found.ssl, found.username, found.password) == (8883, True, None, None)


async def test_no_broker_is_installed(supervisor: Supervisor, keeper: Keeper) -> None:
    keeper.broker = None
    with pytest.raises(BrokerMissing, match=r"install and start the app Mosquitto broker") as got:
        await supervisor.mqtt()
    assert not is_fatal(got.value)  # it may be installed later


async def test_we_may_not_ask(supervisor: Supervisor, keeper: Keeper) -> None:
    keeper.trouble = Response('{"result": "error"}', 403, content_type="application/json")
    with pytest.raises(BrokerMissing):
        await supervisor.mqtt()


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ("Bad Gateway", 502, "HTTP status 502"),
        ('{"result": "ok", "data": {"port": 1883}}', 200, "cannot be understood"),
        ('{"result": "ok", "data": {"host": "box", "port": "near"}}', 200, "cannot be understood"),
        ('{"result": "ok", "data": null}', 200, "cannot be understood"),
        ("<html>", 200, "cannot be understood"),
    ],
)
async def test_an_answer_that_is_none(
    supervisor: Supervisor, keeper: Keeper, body: str, status: int, reason: str
) -> None:
    keeper.trouble = Response(body, status)
    with pytest.raises(BrokerUnreachable, match=reason):
        await supervisor.mqtt()


async def test_a_wrong_token(supervisor: Supervisor) -> None:
    with pytest.raises(BrokerUnreachable, match="401"):
        await Supervisor("stale", supervisor.base).mqtt()


async def test_nobody_there() -> None:
    with pytest.raises(BrokerUnreachable, match=r"asked again by itself, or set mqtt\.host"):
        await Supervisor(TOKEN, f"http://127.0.0.1:{free_port()}").mqtt()


async def test_a_proxy_in_the_environment_is_not_for_us(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert (await supervisor.mqtt()).host == "core-mosquitto"
    assert await supervisor.admins() == {"anna"}


async def test_it_is_only_read(supervisor: Supervisor, keeper: Keeper) -> None:
    await supervisor.mqtt()
    await supervisor.admins()
    assert keeper.asked == ["GET /services/mqtt", "config/auth/list"]


@pytest.mark.parametrize("environ", [{}, {"SUPERVISOR_TOKEN": ""}, {"HASSIO_TOKEN": "old"}])
def test_outside_home_assistant_there_is_none(environ: dict[str, str]) -> None:
    assert Supervisor.found(environ) is None


def test_the_one_that_started_us() -> None:
    assert Supervisor.found({"SUPERVISOR_TOKEN": "secret"}) == Supervisor(
        "secret", "http://supervisor"
    )
