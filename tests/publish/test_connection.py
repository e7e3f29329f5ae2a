"""What people are told when there is no connection, by real peers that refuse one."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from amqtt.broker import Broker

from tests.publish.rig import rigged, serving
from tests.support.mosquitto import HOST, free_port, listening, mosquitto
from wallflower.domain.errors import BrokerRefused, BrokerUnreachable
from wallflower.publish.connection import (
    INCOMING,
    MqttConfig,
    Tls,
    _heeding_cancel,
    connected,
    send,
    subscribe,
)
from wallflower.publish.payloads import Message

pytestmark = pytest.mark.peer

WILL = Message("will", "offline", retain=True)


async def connect(config: MqttConfig, *, answer_s: float = 10.0) -> None:
    async with connected(
        config, client_id="wallflower-test", will=WILL, answer_s=answer_s
    ) as client:
        await send(client, Message("hello", "world", retain=True))


async def test_nobody_listens() -> None:
    port = free_port()
    with pytest.raises(BrokerUnreachable, match=rf"broker at 127.0.0.1:{port} cannot be reached"):
        await connect(MqttConfig(HOST, port))


async def test_a_flood_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with (
        mosquitto(tmp_path) as broker,
        connected(MqttConfig(HOST, broker.port), client_id="wallflower-test") as client,
    ):
        await subscribe(client, ["flood"])
        for _ in range(INCOMING + 50):
            await send(client, Message("flood", ""))
    (told,) = [record.getMessage() for record in caplog.records if record.name != "asyncio"]
    assert "thrown away" in told


async def test_a_name_that_nobody_has() -> None:
    with pytest.raises(BrokerUnreachable, match=r"at nowhere\.invalid:1883 cannot be reached"):
        await connect(MqttConfig("nowhere.invalid"))


@pytest.mark.parametrize(
    ("username", "password", "who"),
    [("anna", "wrong", "as 'anna'"), ("ben", "right", "as 'ben'"), (None, None, "without a user")],
)
async def test_a_wrong_login(
    tmp_path: Path, username: str | None, password: str | None, who: str
) -> None:
    async with mosquitto(tmp_path, users={"anna": "right"}) as broker:
        config = MqttConfig(HOST, broker.port, username=username, password=password)
        with pytest.raises(BrokerRefused) as caught:
            await connect(config)
    assert who in str(caught.value)
    assert "mqtt.password" in str(caught.value)
    assert "wrong" not in str(caught.value)
    assert "wrong" not in repr(config)


async def test_the_right_login(tmp_path: Path) -> None:
    async with mosquitto(tmp_path, users={"anna": "right"}) as broker:
        await connect(MqttConfig(HOST, broker.port, username="anna", password="right"))


async def test_a_goodbye_takes_the_will_back(tmp_path: Path) -> None:
    async with mosquitto(tmp_path) as broker, listening(broker.port) as listener:
        await connect(MqttConfig(HOST, broker.port))
        await broker.logged("Received DISCONNECT from wallflower-test")
        await listener.settled()
        assert listener.on("will") == []


async def test_a_broker_that_goes_away(tmp_path: Path) -> None:
    async with mosquitto(tmp_path) as broker:

        async def outlive(config: MqttConfig) -> None:
            async with connected(config, client_id="wallflower-test", will=WILL) as client:
                await broker.kill()
                await anext(client.messages)

        with pytest.raises(BrokerUnreachable, match="was lost") as caught:
            await outlive(MqttConfig(HOST, broker.port))
        assert "lines wait in the store" in str(caught.value)


async def test_something_that_is_no_broker() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(hang_up, HOST, 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(BrokerUnreachable, match=r"check that it runs, and mqtt\.host"):
            await connect(MqttConfig(HOST, port), answer_s=0.3)


def certify(folder: Path, name: str, *, signer: str | None = None) -> None:
    """Make `name`.key and `name`.crt, for 127.0.0.1 where it has a `signer`."""
    key, certificate = f"{name}.key", f"{name}.crt"
    subject = ["-subj", f"/CN={name}", "-nodes", "-newkey", "rsa:2048", "-keyout", key]
    if signer is None:
        openssl(folder, ["req", "-x509", "-days", "2", *subject, "-out", certificate])
        return
    openssl(folder, ["req", *subject, "-out", "request.csr"])
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    signing = ["-CA", f"{signer}.crt", "-CAkey", f"{signer}.key", "-CAcreateserial"]
    files = ["-in", "request.csr", "-out", certificate, "-extfile", "names", "-days", "2"]
    openssl(folder, ["x509", "-req", *signing, *files])


def openssl(folder: Path, arguments: Sequence[str]) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


async def test_tls(tmp_path: Path) -> None:
    certify(tmp_path, "authority")
    certify(tmp_path, "broker", signer="authority")
    certify(tmp_path, "stranger")
    options = [f"certfile {tmp_path}/broker.crt", f"keyfile {tmp_path}/broker.key"]
    async with mosquitto(tmp_path, options=options) as broker:
        trusting = Tls(ca_file=f"{tmp_path}/authority.crt")
        await connect(MqttConfig(HOST, broker.port, tls=trusting))
        await broker.logged("wallflower-test disconnected|Received DISCONNECT")
        for tls in (True, Tls(ca_file=f"{tmp_path}/stranger.crt")):
            with pytest.raises(BrokerUnreachable, match=r"No secure connection.*mqtt\.tls"):
                await connect(MqttConfig(HOST, broker.port, tls=tls))
        with pytest.raises(BrokerUnreachable, match=r"file that mqtt\.tls names is not there"):
            await connect(MqttConfig(HOST, broker.port, tls=Tls(ca_file="/nowhere.crt")))


async def test_plain_text_to_a_broker_that_wants_tls(tmp_path: Path) -> None:
    certify(tmp_path, "broker")
    options = [f"certfile {tmp_path}/broker.crt", f"keyfile {tmp_path}/broker.key"]
    async with mosquitto(tmp_path, options=options) as broker:
        with pytest.raises(BrokerUnreachable, match="cannot be reached"):
            await connect(MqttConfig(HOST, broker.port), answer_s=0.3)


async def test_the_documented_permissions_suffice(tmp_path: Path) -> None:
    rules = ["user anna", "topic readwrite wallflower/#", "topic readwrite homeassistant/#"]
    async with mosquitto(tmp_path, users={"anna": "right"}, acl=rules) as broker:
        config = MqttConfig(HOST, broker.port, username="anna", password="right")
        login = {"username": "anna", "password": "right"}
        async with (
            rigged(tmp_path, config) as rig,
            listening(broker.port, "wallflower/#", settle=False, **login) as listener,
            serving(rig),
        ):
            await listener.payloads("wallflower/status", 1)
            await listener.client.publish("wallflower/listening/set", "OFF", qos=1)
            await listener.until(lambda me: "OFF" in me.on("wallflower/listening"))
            await rig.say("Good morning.")
            await listener.payloads("wallflower/hall/transcript", 1)


# amqtt calls its only setting for this outdated, and knows no newer one.
@pytest.mark.filterwarnings("ignore:The 'acl' option is deprecated")
async def test_a_broker_that_forbids_reading(caplog: pytest.LogCaptureFixture) -> None:
    port = free_port()
    acl = {"acl": {"anonymous": ["wallflower/command"]}}
    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"{HOST}:{port}"}},
            "plugins": {
                "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True},
                "amqtt.plugins.topic_checking.TopicAccessControlListPlugin": acl,
            },
        }
    )
    await broker.start()
    try:
        config = MqttConfig(HOST, port)
        async with connected(config, client_id="wallflower-test", will=WILL) as client:
            await subscribe(client, ["wallflower/command", "wallflower/listening/set"])
    finally:
        await broker.shutdown()
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("wallflower")]
    assert ours == [
        "The MQTT broker does not let Wallflower read wallflower/listening/set; check its ACL."
    ]


async def test_a_cancellation_is_not_lost() -> None:
    async def swallow() -> str:
        """As `asyncio.wait_for` before Python 3.12 when the result is there as well."""
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "result"
        raise AssertionError

    task = asyncio.create_task(_heeding_cancel(swallow()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
