"""The whole program as an app of Home Assistant, with true addresses in a network of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import Any

import pytest

from tests.homeassistant_app.inside import NEIGHBOUR, SUPERVISOR

pytestmark = [pytest.mark.peer, pytest.mark.timeout(300)]

NAMESPACE = ["unshare", "--net", "--mount", "--propagation", "private"]
SETUP = f"""
set -eu
ip link set lo up
ip address add {SUPERVISOR}/32 dev lo
ip address add {NEIGHBOUR}/32 dev lo
mount --bind "$1/hosts" /etc/hosts
exec "$2" -m tests.homeassistant_app.inside "$1"
"""
HOSTS = "127.0.0.1 localhost supervisor\n"

LIMIT_S = 240


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `inside.py` saw."""
    if os.geteuid() != 0:
        pytest.skip("a network namespace needs root")
    if subprocess.run([*NAMESPACE, "ip", "link"], capture_output=True, check=False).returncode:
        pytest.skip("network namespaces (unshare, ip) are not to be had here")
    if shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is None:
        pytest.skip("Mosquitto is not installed: apt-get install mosquitto")
    folder = tmp_path_factory.mktemp("app")
    (folder / "hosts").write_text(HOSTS)
    finished = subprocess.run(
        [*NAMESPACE, "sh", "-c", SETUP, "sh", str(folder), sys.executable],
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )
    assert finished.returncode == 0, finished.stderr
    seen: dict[str, Any] = json.loads(finished.stdout)
    return seen


def test_the_supervisor_brings_people(told: dict[str, Any]) -> None:
    anna = {"id": "anna", "name": "Anna", "admin": True, "via": "ingress"}
    ben = {"id": "ben", "name": None, "admin": False, "via": "ingress"}
    assert told["visits"]["anna"] == [200, anna]
    assert told["visits"]["ben"] == [200, ben]


def test_other_apps_stay_outside(told: dict[str, Any]) -> None:
    for visit in ("neighbour", "neighbour's health check", "own visit"):
        status, problem = told["visits"][visit]
        assert (status, problem["code"]) == (403, "not_home_assistant")


def test_the_container_checks_its_health(told: dict[str, Any]) -> None:
    status, health = told["visits"]["own health check"]
    assert status == 200
    assert health["notices"] == []


def test_a_missing_broker_is_said_and_found_when_it_comes(told: dict[str, Any]) -> None:
    assert told["without broker"]["state"] == "degraded"
    assert told["without broker"]["code"] == "broker_missing"
    assert "install and start the app Mosquitto broker" in told["without broker"]["detail"]
    assert told["with broker"]["state"] == "ok"
    assert told["status"] == ["online"]


def test_options_and_supervisor_are_only_read(told: dict[str, Any]) -> None:
    assert told["options as they were"]
    assert told["asked"] == ["GET /services/mqtt", "config/auth/list"]


def test_it_ends_in_good_order(told: dict[str, Any]) -> None:
    assert told["ended"] == 0
