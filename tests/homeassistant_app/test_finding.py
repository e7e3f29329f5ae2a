"""`publish.finding`: which broker is meant, asked of a Supervisor over real sockets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.homeassistant_app.keeper import BROKER, Keeper
from tests.support.mosquitto import mosquitto
from wallflower.cli.doctor.checks import Patient, broker
from wallflower.cli.doctor.findings import Verdict
from wallflower.domain.errors import BrokerMissing, BrokerRefused
from wallflower.homeassistant import Supervisor
from wallflower.publish import broker_finder
from wallflower.settings import Settings
from wallflower.settings.schema import MqttSettings


async def test_the_settings_come_first(supervisor: Supervisor, keeper: Keeper) -> None:
    settings = MqttSettings.model_validate({"host": "box", "username": "me", "password": "mine"})
    find = broker_finder(settings, supervisor)
    assert find is not None
    found = await find()
    assert (found.host, found.username, found.password) == ("box", "me", "mine")
    assert keeper.asked == []


async def test_home_assistants_broker_with_our_topics(
    supervisor: Supervisor, keeper: Keeper
) -> None:
    # A name without a host is left over from another broker: it is none of this one's.
    settings = MqttSettings.model_validate({"topic": "ears", "username": "old", "password": "old"})
    find = broker_finder(settings, supervisor)
    assert find is not None
    found = await find()
    assert (found.address, found.username, found.password, found.tls) == (
        "core-mosquitto:1883",
        "addons",
        "Sesame",
        False,
    )
    assert found.topic == "ears"


async def test_it_is_asked_anew_each_time(supervisor: Supervisor, keeper: Keeper) -> None:
    find = broker_finder(MqttSettings(), supervisor)
    assert find is not None
    keeper.broker = None
    with pytest.raises(BrokerMissing):
        await find()
    for password in ("first", "second"):
        keeper.broker = BROKER | {"password": password}
        assert (await find()).password == password


async def test_the_doctor_looks_there_too(
    supervisor: Supervisor, keeper: Keeper, tmp_path: Path
) -> None:
    patient = Patient(Settings(), tmp_path, supervisor=supervisor)
    async with mosquitto(tmp_path, users={"addons": "Sesame"}) as running:
        keeper.broker = BROKER | {"host": running.host, "port": running.port}
        (finding,) = await broker(patient)
        assert finding.verdict is Verdict.OK
        keeper.broker |= {"password": "changed"}
        with pytest.raises(BrokerRefused):
            await broker(patient)
    keeper.broker = None
    with pytest.raises(BrokerMissing):
        await broker(patient)


def test_outside_home_assistant_no_host_means_no_mqtt() -> None:
    assert broker_finder(MqttSettings(), None) is None
