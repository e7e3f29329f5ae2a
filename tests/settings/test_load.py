from __future__ import annotations

import json
from pathlib import Path

import pytest

from wallflower.domain.errors import BadSettings
from wallflower.settings import Settings, load_settings

NOWHERE = Path("/nonexistent/options.json")


def load(text: str, tmp_path: Path, environ: dict[str, str] | None = None) -> Settings:
    file = tmp_path / "house.yaml"
    file.write_text(text)
    return load_settings(file, environ or {}, NOWHERE)


def sentence(text: str, tmp_path: Path, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(BadSettings) as caught:
        load(text, tmp_path, environ)
    return str(caught.value)


def test_defaults_need_no_file() -> None:
    settings = load_settings(None, {}, NOWHERE)
    assert settings.server.port == 8757
    assert settings.server.host == "127.0.0.1"
    assert settings.mqtt.host is None


def test_a_file_is_read(tmp_path: Path) -> None:
    settings = load("mqtt: {host: broker}\nstreams: [{name: Hall, url: 'rtsp://cam/1'}]", tmp_path)
    assert settings.mqtt.host == "broker"
    assert settings.streams[0].name == "Hall"


def test_options_of_home_assistant_are_read_and_blank_means_unset(tmp_path: Path) -> None:
    options = tmp_path / "options.json"
    options.write_text(json.dumps({"mqtt": {"host": "", "password": ""}, "asr": {"language": ""}}))
    settings = load_settings(None, {}, options)
    assert settings.mqtt.host is None
    assert settings.mqtt.password is None
    assert settings.asr.language is None


def test_the_environment_overrides(tmp_path: Path) -> None:
    environ = {"WALLFLOWER_MQTT__HOST": "other", "WALLFLOWER_MQTT__PORT": "8883", "HOME": "/"}
    settings = load("mqtt: {host: broker}", tmp_path, environ)
    assert (settings.mqtt.host, settings.mqtt.port) == ("other", 8883)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mqtt: {hots: x}", "did you mean 'mqtt.host'"),
        ("mqqt: {host: x}", "did you mean 'mqtt'"),
        ("server: {language: en}", "it belongs to 'asr.language'"),
        ("streams: [{name: Hall, url: 'rtsp://cam/1', aera: x}]", "'streams.0.area'"),
        ("port: 80", "it belongs to 'server.port' or 'mqtt.port'"),
        ("log: {zzzz: 1}", "valid here are level"),
    ],
)
def test_an_unknown_key_names_its_nearest_neighbour(
    text: str, expected: str, tmp_path: Path
) -> None:
    message = sentence(text, tmp_path)
    assert message.startswith("Unknown setting")
    assert expected in message
    assert "house.yaml" in message


def test_an_unknown_variable_is_named_itself(tmp_path: Path) -> None:
    message = sentence("", tmp_path, {"WALLFLOWER_MQTT__HOTS": "x"})
    assert "WALLFLOWER_MQTT__HOTS" in message
    assert "'mqtt.host'" in message


def test_secrets_are_never_printed(tmp_path: Path) -> None:
    settings = load("mqtt: {password: hunter2}", tmp_path)
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(settings.model_dump())
    message = sentence("streams: [{name: Hall, url: 'ftp://admin:hunter2@cam'}]", tmp_path)
    assert "hunter2" not in message
    assert "rtsp://" in message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mqtt: [", "not valid YAML in line 1"),
        ("just text", "must hold sections"),
        ("mqtt: {port: 99999}", "'mqtt.port'"),
        ("asr: {engine: cloud}", "'asr.engine'"),
        ("streams: [{name: A, url: 'rtsp://c/1'}, {name: a, url: 'rtsp://c/2'}]", "two streams"),
        ("streams: [{name: A}]", "'streams.0.url' in"),
        ("alerts: {keywords: help}", "must be a list"),
    ],
)
def test_bad_values_get_a_sentence(text: str, expected: str, tmp_path: Path) -> None:
    assert expected in sentence(text, tmp_path)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(BadSettings, match=r"does not exist; check --config"):
        load_settings(Path("/nonexistent/house.yaml"), {}, NOWHERE)


def test_a_password_that_is_no_yaml_is_a_text(tmp_path: Path) -> None:
    settings = load("", tmp_path, {"WALLFLOWER_MQTT__PASSWORD": "{a: b"})
    assert settings.mqtt.password is not None
    assert settings.mqtt.password.get_secret_value() == "{a: b"


@pytest.mark.parametrize("word", ["auto", "on", "off"])
def test_on_and_off_are_words_although_yaml_takes_them_for_true_and_false(word: str) -> None:
    assert load_settings(environ={"WALLFLOWER_SERVER__MDNS": word}).server.mdns == word


BLANKS = {
    "server": {"host": "", "port": None, "name": ""},
    "mqtt": {"host": "", "port": "", "tls": None, "topic": "", "snapshots": ""},
    "asr": {"model": "", "whisperlive": None},
    "alerts": {"keywords": None, "silence_minutes": ""},
    "log": None,
    "streams": None,
}


def test_what_is_left_empty_is_the_default(tmp_path: Path) -> None:
    assert load(json.dumps(BLANKS), tmp_path) == Settings()


def test_a_half_filled_row_of_keywords_counts_as_far_as_it_goes(tmp_path: Path) -> None:
    rows = [{"phrase": "help", "streams": ["", None], "emergency": None}, ""]
    keywords = load(json.dumps({"alerts": {"keywords": rows}}), tmp_path).alerts.keywords
    assert [(row.phrase, row.streams, row.emergency) for row in keywords] == [("help", (), False)]


def test_a_misspelt_key_is_an_error_even_when_it_is_empty(tmp_path: Path) -> None:
    assert "did you mean 'mqtt.host'" in sentence("mqtt: {hots: }", tmp_path)


@pytest.mark.parametrize(
    "password",
    ["123456", "007", "on", "2024-01-01", "a: b", "#1 fan", "pass #2", "~", " x ", "- x"],
)
def test_a_variable_is_the_text_it_is(password: str) -> None:
    settings = load_settings(None, {"WALLFLOWER_MQTT__PASSWORD": password}, NOWHERE)
    assert settings.mqtt.password is not None
    assert settings.mqtt.password.get_secret_value() == password


def test_a_variable_may_hold_a_list_or_a_section() -> None:
    environ = {
        "WALLFLOWER_ALERTS__KEYWORDS": "[help, {phrase: fire, emergency: true}]",
        "WALLFLOWER_ASR__WHISPERLIVE": "{url: 'ws://box:9090'}",
    }
    settings = load_settings(None, environ, NOWHERE)
    assert [row.phrase for row in settings.alerts.keywords] == ["help", "fire"]
    assert settings.asr.whisperlive.url == "ws://box:9090"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mqtt: {password: 123456}", "'mqtt.password' in"),
        ("alerts: {keywords: [911]}", "'alerts.keywords.0.phrase' in"),
        ("alerts: {keywords: [no]}", "'alerts.keywords.0.phrase' in"),
        ("alerts: {keywords: [{phrase: 112}]}", "'alerts.keywords.0.phrase' in"),
    ],
)
def test_what_yaml_takes_for_something_else_is_to_be_quoted(
    text: str, expected: str, tmp_path: Path
) -> None:
    message = sentence(text, tmp_path)
    assert expected in message
    assert "quotes" in message


@pytest.mark.parametrize("text", ["mqtt: broker", "streams: [hall]", "log: info"])
def test_a_value_where_a_section_belongs_is_told_what_may_stand_there(
    text: str, tmp_path: Path
) -> None:
    message = sentence(text, tmp_path)
    assert "must have" in message
    assert "instance of" not in message


@pytest.mark.parametrize("topic", ["$SYS/house", "house\0", "homeassistant", "x" * 201])
def test_a_topic_that_cannot_work_is_refused(topic: str, tmp_path: Path) -> None:
    assert "'mqtt" in sentence(json.dumps({"mqtt": {"topic": topic}}), tmp_path)


@pytest.mark.parametrize("host", ["mqtt://broker", "broker:1883", "tcp://10.0.0.2:1883", "a b"])
def test_a_broker_is_a_name_or_an_address(host: str, tmp_path: Path) -> None:
    message = sentence(json.dumps({"mqtt": {"host": host}}), tmp_path)
    assert "'mqtt.host'" in message
    assert "mqtt.port" in message
