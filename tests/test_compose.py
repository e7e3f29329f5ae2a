"""The Compose files, held against the specification's schema and against our settings.

No container engine can be assumed: what is in the images is not looked at.
"""

from __future__ import annotations

import importlib.resources
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import wallflower
from wallflower.settings import Settings, load_settings

ROOT = Path(__file__).parents[1]
FILES = ("compose.yaml", "compose.gpu.yaml", "compose.jetson.yaml")
STACKS = [FILES[:1], FILES[:2], (FILES[0], FILES[2])]
"""How docs/docker.md puts them on top of each other."""


def read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / name).read_text())
    return content


def on_top(below: Any, above: Any) -> Any:
    """As Compose merges what is used here: mappings by key, all else is replaced."""
    if isinstance(below, dict) and isinstance(above, dict):
        return below | {key: on_top(below.get(key), above[key]) for key in above}
    return above


def stacked(names: tuple[str, ...]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for name in names:
        whole = on_top(whole, read(name))
    return whole


def filled_in(text: Any, **shell: str) -> str:
    """`${NAME:-default}` and `${NAME-default}`, as Compose reads them with `shell` set."""

    def value(match: re.Match[str]) -> str:
        name, colon, default = match.groups()
        return default if name not in shell or (colon and not shell[name]) else shell[name]

    return re.sub(r"\$\{(\w+)(:?)-([^}]*)\}", value, str(text))


def settings(names: tuple[str, ...], **shell: str) -> Settings:
    """What Wallflower makes of its environment in a container."""
    environment = stacked(names)["services"]["wallflower"]["environment"]
    return load_settings(
        environ={name: filled_in(value, **shell) for name, value in environment.items()},
        options_json=Path("/none"),
    )


@pytest.mark.parametrize("name", FILES)
def test_each_is_what_the_specification_says(name: str) -> None:
    schemas = importlib.resources.files("check_jsonschema") / "builtin_schemas" / "vendor"
    schema = json.loads((schemas / "compose-spec.json").read_text())
    jsonschema.validate(read(name), schema)


@pytest.mark.parametrize("names", STACKS)
def test_every_service_comes_back_and_says_how_it_is(names: tuple[str, ...]) -> None:
    whole = stacked(names)
    for name, service in whole["services"].items():
        assert service["image"], name
        assert service["restart"] == "unless-stopped", name
    for name in ("wallflower", "whisperlive"):
        assert whole["services"][name]["healthcheck"]["test"], name


@pytest.mark.parametrize("names", STACKS)
def test_what_is_kept_is_declared_and_the_house_is_kept(names: tuple[str, ...]) -> None:
    whole = stacked(names)
    services = whole["services"]
    mounts = [m for service in services.values() for m in service.get("volumes", ())]
    named = {mount.split(":")[0] for mount in mounts if not mount.startswith(("$", ".", "/"))}
    assert named == whole["volumes"].keys()
    assert "data:/data" in services["wallflower"]["volumes"]
    assert services["wallflower"]["command"] == ["run", "--data", "/data"]
    assert any(mount.endswith(":/media") for mount in services["wallflower"]["volumes"])


@pytest.mark.parametrize("names", STACKS)
def test_nothing_can_be_reached_from_other_machines(names: tuple[str, ...]) -> None:
    for name, service in stacked(names)["services"].items():
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:"), f"{name} lets everybody in at {port}"


@pytest.mark.parametrize("names", STACKS)
def test_our_settings_are_settings(names: tuple[str, ...]) -> None:
    found = settings(names, MQTT_HOST="mosquitto", MQTT_PASSWORD="s3cret")
    ports = stacked(names)["services"]["wallflower"]["ports"]
    assert ports == [f"127.0.0.1:{found.server.port}:{found.server.port}"]
    assert (found.server.host, found.server.mdns) == ("0.0.0.0", "off")
    assert found.mqtt.host == "mosquitto"
    assert found.mqtt.password
    assert found.mqtt.password.get_secret_value() == "s3cret"


def test_a_bare_start_uses_the_server_beside_it_and_no_broker() -> None:
    found = settings(FILES[:1])
    host, port = "whisperlive", 9090
    assert found.asr.whisperlive.url == f"ws://{host}:{port}"
    assert host in read(FILES[0])["services"]
    assert f"':{port:04X} " in read(FILES[0])["services"][host]["healthcheck"]["test"][1]
    assert found.mqtt.host is None
    assert found.asr.language is None


def test_without_the_server_the_embedded_engine_writes() -> None:
    assert not settings(FILES[:1], WHISPERLIVE_URL="").asr.whisperlive.configured


def test_a_jetson_computes_by_itself() -> None:
    names = STACKS[2]
    found, services = settings(names), stacked(names)["services"]
    assert (found.asr.engine, found.asr.device) == ("embedded", "cuda")
    assert not found.asr.whisperlive.configured
    assert services["wallflower"]["runtime"] == "nvidia"
    assert (ROOT / services["wallflower"]["build"]["dockerfile"]).is_file()
    assert services["whisperlive"]["profiles"]


def test_a_card_is_reserved_for_the_server() -> None:
    server = stacked(STACKS[1])["services"]["whisperlive"]
    (card,) = server["deploy"]["resources"]["reservations"]["devices"]
    assert card == {"driver": "nvidia", "count": 1, "capabilities": ["gpu"]}


def test_the_image_is_of_this_version() -> None:
    manifest = yaml.safe_load((ROOT / "config.yaml").read_text())
    image = read(FILES[0])["services"]["wallflower"]["image"]
    assert image == f"{manifest['image']}:{wallflower.__version__}"


def test_every_variable_is_documented() -> None:
    docs = (ROOT / "docs/docker.md").read_text()
    for name in FILES:
        for variable in re.findall(r"\$\{(\w+)", (ROOT / name).read_text()):
            assert f"`{variable}`" in docs, variable


def test_the_broker_is_for_those_who_ask() -> None:
    assert read(FILES[0])["services"]["mosquitto"]["profiles"] == ["mqtt"]
