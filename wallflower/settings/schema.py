"""Every setting with its type, default and meaning. DOCS.md lists them; a test compares."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from wallflower.domain.errors import BadStreamUrl
from wallflower.domain.urls import check_stream_url


def _is_blank(value: Any) -> bool:
    # Home Assistant's options page leaves a text empty; so does YAML a section without keys.
    return value is None or value == ""


def _without_blanks(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [item for item in value if not _is_blank(item)]


def _on_or_off(value: Any) -> Any:
    # To YAML, and so in the environment too, a bare on or off is true or false.
    return {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value


Port = Annotated[int, Field(ge=1, le=65535)]
Topic = Annotated[
    str, Field(pattern=r"^[^+#$\s/\x00][^+#\s/\x00]*(/[^+#\s/\x00]+)*$", max_length=200)
]
"""What begins with $ is the broker's own."""

_HOST: Final = re.compile(r"[^\s:/]+")


class Section(BaseModel):
    """Base of all sections: unknown keys are errors, what is left empty is the default."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_out_blanks(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        return {
            key: _without_blanks(value)
            for key, value in values.items()
            # A misspelt one is to be told, empty or not.
            if not _is_blank(value) or key not in cls.model_fields
        }


class ServerSettings(Section):
    """The API and the web page."""

    host: str = Field("127.0.0.1", description="Address to listen on; there are no accounts yet.")
    port: Port = Field(8757, description="Port of the API and the web page.")
    ingress_port: Port = Field(
        8756, description="Port of Home Assistant's panel; nobody but Home Assistant is let in."
    )
    mdns: Annotated[Literal["auto", "on", "off"], BeforeValidator(_on_or_off)] = Field(
        "auto",
        description="Tell the network that Wallflower is here; auto: unless inside Home Assistant.",
    )
    name: str | None = Field(
        None, description="What this Wallflower is called among others; empty: the machine's name."
    )
    cors_origins: tuple[str, ...] = Field(
        (), description="Other web origins that may use the API, e.g. http://dash.local:3000."
    )


class MqttSettings(Section):
    """The broker. Without a host Wallflower asks Home Assistant, or works without MQTT."""

    host: str | None = Field(
        None,
        description="Broker's name or address; empty: the one of Home Assistant, or no MQTT.",
    )
    port: Port = Field(1883, description="Broker's port, usually 1883, or 8883 with TLS.")
    username: str | None = Field(None, description="User name at the broker.")
    password: SecretStr | None = Field(None, description="Password at the broker.")
    tls: bool = Field(False, description="Encrypt and check the broker's certificate.")
    topic: Topic = Field("wallflower", description="First part of all topics.")
    discovery_prefix: Topic = Field(
        "homeassistant", description="Where Home Assistant looks for devices."
    )
    partials: bool = Field(False, description="Publish text while someone still talks.")
    snapshots: bool = Field(False, description="Publish a picture when somebody begins to talk.")
    retain_snapshots: bool = Field(
        False, description="Have the broker keep the last picture of each stream."
    )

    @field_validator("host")
    @classmethod
    def _check_host(cls, host: str | None) -> str | None:
        if host is None or _HOST.fullmatch(host):
            return host
        try:
            IPv6Address(host)
        except ValueError:
            raise ValueError(
                "it is a name or an address alone, such as 192.168.1.5; the port goes into"
                " mqtt.port, and encryption is mqtt.tls"
            ) from None
        return host

    @model_validator(mode="after")
    def _topics_differ(self) -> Self:
        if self.topic == self.discovery_prefix:
            raise ValueError(
                "topic and discovery_prefix are the same, and Home Assistant's own state would be"
                " taken for Wallflower's; choose another topic"
            )
        return self


class WhisperLiveSettings(Section):
    """WhisperLive servers: elsewhere on the network, or one that Wallflower runs itself."""

    url: str | None = Field(None, description="A WhisperLive server, e.g. ws://box:9090.")
    urls: tuple[str, ...] = Field(
        (), description="More servers; the least busy one gets what is said next."
    )
    token: SecretStr | None = Field(None, description="Sent to the servers as a bearer token.")
    tls_verify: bool = Field(True, description="Check the certificates of wss:// servers.")
    tls_ca: Path | None = Field(
        None, description="File of certificates (PEM) to trust besides the system's."
    )
    model: str = Field(
        "small",
        min_length=1,
        description="Model asked of servers elsewhere; the local one uses asr.model.",
    )
    max_clients: int | None = Field(
        None,
        ge=1,
        description="Connections to each server at most; empty: what it takes, 4 if local.",
    )
    patience_s: float = Field(
        2.5,
        ge=0.5,
        le=60,
        description="Seconds after the end of speech until the embedded engine takes over.",
    )
    fallback_language: str = Field(
        "en",
        pattern=r"^[a-z]{2,3}$",
        description="Language meant when a server cannot tell; asr.language goes before it.",
    )
    translate_to: str | None = Field(
        None, pattern=r"^[a-z]{2,3}$", description="Have servers translate to it, e.g. fr."
    )
    initial_prompt: str | None = Field(None, description="Text as if said before.")
    hotwords: tuple[str, ...] = Field(
        (), description="Words likely to be said; names of known people are added."
    )
    use_vad: bool = Field(True, description="Let the server look for speech once more.")
    vad_parameters: dict[str, float] = Field(
        {}, description="Options of the server's check for speech, e.g. {threshold: 0.5}."
    )
    local: bool = Field(False, description="Run a WhisperLive server on this machine.")
    folder: Path | None = Field(
        None, description="Local server's environment, made by script/setup-whisperlive."
    )
    threads: int = Field(1, ge=1, le=64, description="Cores the local server uses at once.")
    memory_mb: int = Field(
        2000, ge=500, description="Memory at which the local server is started again."
    )

    @property
    def elsewhere(self) -> bool:
        """Whether there is a server that we do not run."""
        return self.url is not None or bool(self.urls)

    @property
    def configured(self) -> bool:
        """Whether there is any server."""
        return self.local or self.elsewhere


class AsrSettings(Section):
    """Speech recognition."""

    engine: Literal["auto", "embedded", "whisperlive"] = Field(
        "auto",
        description="auto: WhisperLive where a server is set, embedded otherwise. Embedded takes "
        "over while no server can write; with whisperlive only if its model is there already.",
    )
    model: str = Field(
        "auto",
        description="A folder, a model name such as small.en, or auto: the best that is there.",
    )
    language: str | None = Field(
        None,
        pattern=r"^[a-z]{2,3}$",
        description="Language spoken, e.g. en; empty: detected (where the model can).",
    )
    task: Literal["transcribe", "translate"] = Field(
        "transcribe", description="translate writes English whatever is spoken."
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        "auto", description="Where the embedded engine computes; auto: a graphics card if it can."
    )
    threads: int = Field(2, ge=1, le=64, description="Utterance batches decoded at once.")
    beam_size: int = Field(
        5, ge=1, le=10, description="1 is fastest, 5 errs less; under load it is 1 all the same."
    )
    partials: bool = Field(True, description="Show text while someone talks, if there is time.")
    whisperlive: WhisperLiveSettings = Field(default_factory=WhisperLiveSettings)


class SpeakerSettings(Section):
    """Who speaks."""

    enabled: bool = Field(True, description="Tell voices apart.")
    encoder: Path | None = Field(
        None, description="Folder of another voice encoder; empty: the one that comes along."
    )
    device: Literal["auto", "cpu", "cuda", "tensorrt", "openvino"] = Field(
        "auto", description="Where the voice encoder computes; auto: the best that is there."
    )
    verify_from: float = Field(
        0.98,
        ge=0.5,
        lt=1.0,
        description="Probability from which a clip is taken for the person's.",
    )
    keep_unknown: bool = Field(
        True,
        description="Keep what people without a name sound like; false: in memory only.",
    )
    forget_unknown_after_days: int = Field(
        30,
        ge=1,
        le=3650,
        description="Voices without a name are forgotten when silent for so long.",
    )


class StorageSettings(Section):
    """Where things are kept."""

    data: Path | None = Field(
        None, description="Folder of the database and models; --data goes before it."
    )


class CaptureSettings(Section):
    """How streams are read."""

    ffmpeg: str | None = Field(None, description="FFmpeg to use; empty: the one on the PATH.")
    stall_s: float = Field(
        10.0, gt=0, le=300, description="Seconds without audio after which a stream is reopened."
    )


class KeywordSettings(Section):
    """A word or phrase to be told of. A plain text stands for one that counts everywhere."""

    phrase: str = Field(
        min_length=1, max_length=80, description="The word or phrase, as events say it: fire alarm."
    )
    streams: tuple[str, ...] = Field(
        (), description="Names or ids of the streams it counts on; empty: all."
    )
    emergency: bool = Field(False, description="Send it as the event `emergency`.")

    @model_validator(mode="before")
    @classmethod
    def _from_phrase(cls, value: Any) -> Any:
        return value if isinstance(value, dict) else {"phrase": value}


class AlertSettings(Section):
    """What Wallflower raises an alarm of."""

    keywords: tuple[KeywordSettings, ...] = Field((), description="Words and phrases.")
    silence_minutes: int | None = Field(
        None,
        ge=1,
        le=10080,
        description="Minutes without speech after which a stream counts as silent; empty: never.",
    )


class LogSettings(Section):
    """The log on stderr."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="How much is logged."
    )


class StreamSettings(Section):
    """A stream to set up at the first start; afterwards the page is where streams live."""

    name: str = Field(min_length=1, max_length=80, description="What people call it: Hall.")
    url: str = Field(description="rtsp://user:password@host:554/path")
    area: str | None = Field(None, description="Area suggested to Home Assistant.")

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        try:
            check_stream_url(url)
        except BadStreamUrl as error:
            raise ValueError(str(error)) from None
        return url


class Settings(Section):
    """All of it."""

    server: ServerSettings = Field(default_factory=ServerSettings)
    mqtt: MqttSettings = Field(default_factory=MqttSettings)
    asr: AsrSettings = Field(default_factory=AsrSettings)
    speakers: SpeakerSettings = Field(default_factory=SpeakerSettings)
    storage: StorageSettings = Field(default_factory=StorageSettings)
    capture: CaptureSettings = Field(default_factory=CaptureSettings)
    alerts: AlertSettings = Field(default_factory=AlertSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    streams: tuple[StreamSettings, ...] = Field((), description="Streams of the first start.")

    @field_validator("streams")
    @classmethod
    def _names_differ(cls, streams: tuple[StreamSettings, ...]) -> tuple[StreamSettings, ...]:
        seen: set[str] = set()
        for stream in streams:
            folded = stream.name.casefold()
            if folded in seen:
                raise ValueError(f"two streams are named {stream.name!r}; give one another name")
            seen.add(folded)
        return streams
