"""From the settings to what the engines are built with."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from wallflower.domain.errors import BadSettings
from wallflower.engines.asked import (
    FILE_PATIENCE_S,
    LOCAL_CLIENTS,
    local_config,
    server_folder,
    whisperlive_config,
)
from wallflower.settings.schema import AsrSettings, WhisperLiveSettings


def asr(**whisperlive: object) -> AsrSettings:
    return AsrSettings(whisperlive=WhisperLiveSettings.model_validate(whisperlive))


def test_every_option_reaches_the_servers() -> None:
    settings = AsrSettings(
        language="de",
        task="translate",
        whisperlive=WhisperLiveSettings(
            url="ws://box:9090",
            urls=("wss://other", "ws://box:9090"),
            token=SecretStr("s3cret"),
            tls_verify=False,
            tls_ca=Path("/ca.pem"),
            model="medium",
            max_clients=2,
            patience_s=7,
            fallback_language="nl",
            translate_to="fr",
            initial_prompt="At home.",
            hotwords=("Wallflower",),
            use_vad=False,
            vad_parameters={"threshold": 0.4},
        ),
    )
    config = whisperlive_config(settings, "ws://127.0.0.1:1")
    assert config.urls == ("ws://127.0.0.1:1", "ws://box:9090", "wss://other")
    assert (config.token, config.tls_verify, config.tls_ca) == ("s3cret", False, Path("/ca.pem"))
    assert (config.model, config.max_clients, config.patience_s) == ("medium", 2, 7)
    assert (config.language, config.fallback_language) == ("de", "nl")
    assert (config.task, config.translate_to) == ("translate", "fr")
    assert (config.initial_prompt, config.hotwords) == ("At home.", ("Wallflower",))
    assert (config.use_vad, config.vad_parameters) == (False, {"threshold": 0.4})
    assert "s3cret" not in repr(config)


def test_nobody_waits_for_a_file() -> None:
    assert whisperlive_config(asr(url="ws://box"), live=False).patience_s == FILE_PATIENCE_S


def test_a_wrong_url_gets_a_sentence() -> None:
    with pytest.raises(BadSettings, match="looks like ws://"):
        whisperlive_config(asr(url="http://box:9090"))


def test_the_local_server_takes_few_clients_unless_told(tmp_path: Path) -> None:
    settings = asr(local=True, threads=3, memory_mb=700)
    local = local_config(settings, tmp_path)
    assert (local.threads, local.memory_mb, local.max_clients) == (3, 700, LOCAL_CLIENTS)
    assert whisperlive_config(settings, "ws://127.0.0.1:1").max_clients == LOCAL_CLIENTS
    assert local_config(asr(local=True, max_clients=9), tmp_path).max_clients == 9
    assert whisperlive_config(asr(url="ws://box")).max_clients is None


def test_where_the_local_server_is_installed(tmp_path: Path) -> None:
    assert server_folder(WhisperLiveSettings(folder=Path("/opt/wl")), tmp_path) == Path("/opt/wl")
    (tmp_path / "whisperlive").mkdir()
    assert server_folder(WhisperLiveSettings(), tmp_path) == tmp_path / "whisperlive"
