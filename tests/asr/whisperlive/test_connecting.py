from __future__ import annotations

import asyncio
import contextlib
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from tests.asr.whisperlive.conftest import StartEngine
from tests.asr.whisperlive.scripted import scripted, typist
from tests.asr.whisperlive.speech import plain, say, uttered
from tests.support.mosquitto import free_port
from wallflower.asr.whisperlive import WhisperLiveConfig
from wallflower.asr.whisperlive.connecting import reach, tls_context
from wallflower.domain.engine import ServerState
from wallflower.domain.errors import BadSettings, EngineAway, EngineRefused


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that nobody signed, with its key beside it."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    argv = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    argv += ["-nodes", "-days", "2", "-subj", "/CN=localhost"]
    argv += ["-addext", "subjectAltName=DNS:localhost"]
    argv += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(argv, check=True, capture_output=True)
    return folder / "cert.pem"


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    return context


@pytest.mark.parametrize("how", [{"tls_ca": True}, {"tls_verify": False}])
async def test_speech_goes_encrypted_where_the_url_says_so(
    how: dict[str, bool], certificate: Path, server_tls: ssl.SSLContext, start_engine: StartEngine
) -> None:
    trust = {"tls_ca": certificate} if "tls_ca" in how else how
    async with scripted(typist(), ssl=server_tls) as server:
        engine = await start_engine(server.url, **trust)
        assert plain(await engine.open("hall").final(uttered(say("hello")))) == "hello there"


async def test_an_unknown_certificate_is_refused_with_a_reason(
    server_tls: ssl.SSLContext, start_engine: StartEngine
) -> None:
    async with scripted(typist(), ssl=server_tls) as server:
        engine = await start_engine(server.url)
        with pytest.raises(EngineRefused, match=r"not trusted .*tls_ca"):
            await engine.open("hall").final(uttered(say("hello")))


async def test_a_server_without_tls_is_told_from_one_that_is_not_there(
    start_engine: StartEngine,
) -> None:
    async with scripted(typist()) as server:
        engine = await start_engine(server.url.replace("ws://", "wss://"))
        with pytest.raises(EngineAway, match="ws:// or wss://"):
            await engine.open("hall").final(uttered(say("hello")))


def test_a_missing_file_of_certificates_is_a_wrong_setting(tmp_path: Path) -> None:
    config = WhisperLiveConfig(urls=("wss://server",), tls_ca=tmp_path / "none.pem")
    with pytest.raises(BadSettings, match="cannot be read"):
        tls_context(config)


async def test_the_token_opens_the_door(start_engine: StartEngine) -> None:
    async with scripted(typist()) as server:
        server.token = "open sesame"
        engine = await start_engine(server.url, token="open sesame")
        assert plain(await engine.open("hall").final(uttered(say("hello")))) == "hello there"


@pytest.mark.parametrize("token", [None, "wrong"])
async def test_a_wrong_token_is_a_matter_of_settings(
    token: str | None, start_engine: StartEngine
) -> None:
    async with scripted(typist()) as server:
        server.token = "open sesame"
        engine = await start_engine(server.url, token=token)
        (quality,) = engine.servers()
        assert quality.state is ServerState.REFUSED
        assert "token" in (quality.detail or "")
        assert "sesame" not in (quality.detail or "")
        with pytest.raises(EngineRefused):
            await engine.open("hall").final(uttered(say("hello")))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ws://127.0.0.1:{port}", "cannot be reached"),
        ("ws://no-such-host.invalid:9090", "cannot be reached"),
    ],
)
async def test_who_is_not_there_is_away(url: str, reason: str) -> None:
    url = url.format(port=free_port())
    with pytest.raises(EngineAway, match=reason) as error:
        await reach(url, WhisperLiveConfig(urls=(url,)), None)
    assert str(error.value).endswith(".")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP status 404"),
        (b"220 mail.example ESMTP\r\n", "does not speak WebSocket"),
        (b"", "cannot be reached: it hung up"),
        (b"HTTP/1.1 101", "cannot be reached: it hung up"),
    ],
)
async def test_who_answers_otherwise_is_no_server(answer: bytes, reason: str) -> None:
    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
        writer.close()

    listening = await asyncio.start_server(other, "127.0.0.1", 0)
    async with listening:
        url = f"ws://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        with pytest.raises(EngineAway, match=reason):
            await reach(url, WhisperLiveConfig(urls=(url,)), None)
