"""The options page and the settings agree, and every option is named in both languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, get_args

import pytest

from tests.addon.files import MANIFEST, read
from tests.addon.options import Refused, accept
from wallflower.settings import Settings, load_settings
from wallflower.settings.complaints import section_of
from wallflower.settings.schema import AsrSettings, LogSettings

SCHEMA: Final = MANIFEST.options_schema

EVERYTHING: Final[dict[str, Any]] = {
    "streams": [
        {"name": "Hall", "url": "rtsp://anna:s3cret@192.168.1.20:554/live", "area": "Ground floor"},
        {"name": "Küche", "url": "rtsps://192.168.1.21/stream1"},
    ],
    "mqtt": {
        "host": "192.168.1.5",
        "port": 8883,
        "username": "wallflower",
        "password": "s3cret",
        "tls": True,
        "topic": "house/wallflower",
        "discovery_prefix": "homeassistant",
        "snapshots": True,
    },
    "asr": {
        "engine": "whisperlive",
        "model": "base.en",
        "language": "en",
        "whisperlive": {"url": "ws://192.168.1.30:9090", "token": "s3cret"},
    },
    "alerts": {
        "keywords": [
            {"phrase": "help", "streams": ["Hall"], "emergency": True},
            {"phrase": "the plumber"},
        ],
        "silence_minutes": 90,
    },
    "server": {"host": "0.0.0.0"},
    "log": {"level": "debug"},
}


def loaded(options: dict[str, Any], folder: Path) -> Settings:
    """What Wallflower makes of what the page took."""
    file = folder / "options.json"
    file.write_text(json.dumps(accept(SCHEMA, options)), encoding="utf-8")
    return load_settings(environ={}, options_json=file)


def keys(value: Any) -> Any:
    """The names in nested options, or in their schema, without the values."""
    if isinstance(value, list):
        return keys(value[0])
    return {key: keys(inner) for key, inner in value.items()} if isinstance(value, dict) else None


def test_untouched_the_page_means_the_defaults(tmp_path: Path) -> None:
    assert loaded(MANIFEST.options, tmp_path) == Settings()


def test_everything_that_can_be_set_arrives(tmp_path: Path) -> None:
    assert keys(EVERYTHING) == keys(SCHEMA)
    settings = loaded(EVERYTHING, tmp_path)
    dumped = settings.model_dump(mode="json")
    assert dumped["alerts"]["keywords"][0] == EVERYTHING["alerts"]["keywords"][0]
    assert [stream["name"] for stream in dumped["streams"]] == ["Hall", "Küche"]
    assert settings.mqtt.password is not None
    assert settings.mqtt.password.get_secret_value() == "s3cret"
    assert (settings.mqtt.topic, settings.mqtt.port) == ("house/wallflower", 8883)
    assert settings.asr.whisperlive.url == "ws://192.168.1.30:9090"
    assert (settings.server.host, settings.log.level) == ("0.0.0.0", "debug")


def test_fields_left_empty_are_as_good_as_left_out(tmp_path: Path) -> None:
    empty = {
        **MANIFEST.options,
        "mqtt": dict.fromkeys(("host", "username", "password", "topic", "discovery_prefix"), ""),
        "asr": {
            "engine": "auto",
            "model": "",
            "language": "",
            "whisperlive": {"url": "", "token": ""},
        },
        "streams": [{"name": "Hall", "url": "rtsp://192.168.1.20/live", "area": ""}],
    }
    settings = loaded(empty, tmp_path)
    assert (settings.mqtt, settings.asr) == (Settings().mqtt, Settings().asr)
    assert settings.streams[0].area is None


@pytest.mark.parametrize(
    ("section", "wrong"),
    [
        ("streams", [{"name": "Hall"}]),
        ("streams", [{"name": "", "url": "rtsp://192.168.1.20/live"}]),
        ("streams", [{"name": "Hall", "url": "192.168.1.20"}]),
        ("streams", [{"name": "Hall", "url": "rtsp://192.168.1.20/my camera"}]),
        ("mqtt", {"port": 0}),
        ("mqtt", {"topic": "wallflower/#"}),
        ("asr", {"engine": "cloud", "whisperlive": {}}),
        ("asr", {"engine": "auto", "language": "English", "whisperlive": {}}),
        ("asr", {"engine": "auto", "whisperlive": {"url": "192.168.1.30"}}),
        ("alerts", {"keywords": [{"emergency": True}]}),
        ("alerts", {"keywords": [], "silence_minutes": 0}),
        ("server", {"host": "everywhere"}),
        ("log", {"level": "loud"}),
    ],
)
def test_slips_are_seen_on_the_page_already(section: str, wrong: Any) -> None:
    with pytest.raises(Refused, match=section):
        accept(SCHEMA, {**MANIFEST.options, section: wrong})


@pytest.mark.parametrize("section", sorted(SCHEMA))
def test_what_is_not_optional_has_a_default(section: str) -> None:
    options = {key: value for key, value in MANIFEST.options.items() if key != section}
    with pytest.raises(Refused, match=section):
        accept(SCHEMA, options)


def test_choices_are_those_of_the_settings() -> None:
    def choices(model: Any, key: str) -> str:
        return f"list({'|'.join(get_args(model.model_fields[key].annotation))})"

    assert SCHEMA["asr"]["engine"] == choices(AsrSettings, "engine")
    assert SCHEMA["log"]["level"] == choices(LogSettings, "level")


def test_secrets_are_typed_as_secrets() -> None:
    def secret(model: Any, schema: Any, path: str) -> list[tuple[str, bool, bool]]:
        found = []
        for key, kind in schema.items():
            field = model.model_fields[key]
            if isinstance(kind := kind[0] if isinstance(kind, list) else kind, dict):
                found += secret(section_of(field.annotation), kind, f"{path}{key}.")
            elif "Secret" in repr(field.annotation) or kind.startswith("password"):
                found.append((path + key, "Secret" in repr(field.annotation), kind == "password?"))
        return found

    found = secret(Settings, SCHEMA, "")
    assert found == [("mqtt.password", True, True), ("asr.whisperlive.token", True, True)]


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_option_is_named_and_explained(language: str) -> None:
    texts = read(f"translations/{language}.yaml")
    assert texts.keys() == {"configuration", "network"}
    assert texts["network"].keys() == MANIFEST.ports.keys()
    named(texts["configuration"], SCHEMA, language)


def named(texts: dict[str, Any], schema: dict[str, Any], path: str) -> None:
    """Each key of `schema`, and no other, has a name, a description and names for its fields."""
    assert texts.keys() == schema.keys(), path
    for key, kind in schema.items():
        item = kind[0] if isinstance(kind, list) else kind
        text, where = texts[key], f"{path}.{key}"
        assert all(text[word].strip() for word in ("name", "description")), where
        if isinstance(item, dict):
            named(text["fields"], item, where)
        assert text.keys() == {"name", "description", *(["fields"] * isinstance(item, dict))}, where


def test_both_languages_say_it_in_their_own_words() -> None:
    def sentences(texts: dict[str, Any]) -> list[str]:
        found = []
        for text in texts.values():
            found += [text["description"], *sentences(text.get("fields", {}))]
        return found

    english, german = (read(f"translations/{name}.yaml")["configuration"] for name in ("en", "de"))
    assert not set(sentences(english)) & set(sentences(german))
    assert keys(english) == keys(german)
