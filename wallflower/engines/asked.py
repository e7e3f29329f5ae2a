"""From the settings to what the engines are built with."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import Final

import wallflower
from wallflower.asr.embedded import HURRY_S, EmbeddedEngine, obtain_model
from wallflower.asr.whisperlive import WhisperLiveConfig
from wallflower.asr.whisperlive.local import LocalConfig
from wallflower.settings.schema import AsrSettings, WhisperLiveSettings

LOCAL_CLIENTS: Final = 4
"""Connections to a local server unless set. More only make each other wait."""
FILE_PATIENCE_S: Final = 120.0
"""Nobody waits for a file's words, and they shall come from the engine that was asked for."""
FILE_AWAY_S: Final = 10.0
"""How long a file's words wait for servers none of which can be reached."""


def embedded_engine(settings: AsrSettings, data: Path, *, live: bool) -> EmbeddedEngine:
    """Unless `live`, good text goes before soon text."""
    return EmbeddedEngine(
        settings.model,
        data=data / "models",
        language=settings.language,
        threads=settings.threads,
        beam_size=settings.beam_size,
        task=settings.task,
        hurry_s=HURRY_S if live else math.inf,
        device=settings.device,
    )


def whisperlive_config(
    settings: AsrSettings, local_url: str | None = None, *, live: bool = True
) -> WhisperLiveConfig:
    """What is asked of the servers. Raises `BadSettings`.

    `local_url` is the address of the local server, where there is one.
    """
    asked = settings.whisperlive
    urls = [url for url in (local_url, asked.url, *asked.urls) if url is not None]
    return WhisperLiveConfig(
        urls=tuple(dict.fromkeys(urls)),
        token=asked.token.get_secret_value() if asked.token else None,
        tls_verify=asked.tls_verify,
        tls_ca=asked.tls_ca,
        max_clients=_max_clients(asked),
        model=asked.model,
        language=settings.language,
        fallback_language=asked.fallback_language,
        task=settings.task,
        translate_to=asked.translate_to,
        hotwords=asked.hotwords,
        initial_prompt=asked.initial_prompt,
        use_vad=asked.use_vad,
        vad_parameters=asked.vad_parameters,
        patience_s=asked.patience_s if live else FILE_PATIENCE_S,
        wait_away_s=0.0 if live else FILE_AWAY_S,
    )


def local_config(settings: AsrSettings, data: Path) -> LocalConfig:
    """How the local server is run: with the weights of the embedded engine."""
    asked = settings.whisperlive
    return LocalConfig(
        folder=server_folder(asked, data),
        model=partial(obtain_model, settings.model, data / "models", settings.language),
        threads=asked.threads,
        max_clients=_max_clients(asked) or LOCAL_CLIENTS,
        memory_mb=asked.memory_mb,
    )


def server_folder(settings: WhisperLiveSettings, data: Path) -> Path:
    """The local server's environment: as set, else `whisperlive` in the data folder, else what
    `script/setup-whisperlive` makes in a checkout of the source."""
    if settings.folder is not None:
        return settings.folder.expanduser()
    kept = data / "whisperlive"
    checkout = Path(wallflower.__file__).parents[1] / ".venv-whisperlive"
    return checkout if checkout.is_dir() and not kept.is_dir() else kept


def _max_clients(settings: WhisperLiveSettings) -> int | None:
    if settings.max_clients is None and settings.local:
        return LOCAL_CLIENTS
    return settings.max_clients
