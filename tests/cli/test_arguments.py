"""Whatever people type: the right exit code, one line on stderr, never a traceback."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.child import SCENE, complaint, environment, wallflower
from tests.support.rtsp import make_media
from wallflower import __version__

COMMANDS = (
    "run",
    "demo",
    "doctor",
    "discover",
    "transcribe",
    "bench",
    "export-encoder",
    "checkpoint",
)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ("", "command"),
        ("frob", "'frob'"),
        ("run --frob", "--frob"),
        ("transcribe", "media"),
        ("transcribe x.mp4 --format pdf", "'pdf'"),
        ("demo --seconds soon", "'soon' is not a number"),
        ("demo --seconds 0", "more than 0"),
        ("demo --seconds inf", "finite"),
        ("demo --port 99999", "'99999' is not a port"),
        ("demo --mqtt-port x", "'x' is not a port"),
        ("demo http:/nowhere", "URL"),
        ("run --config bad.yaml", "did you mean 'mqtt.host'"),
        ("doctor --config torn.yaml", "not valid YAML"),
        ("transcribe none.mp4", "none.mp4"),
        ("run --data /proc/wallflower", "/proc/wallflower"),
    ],
)
def test_wrong_settings_and_arguments_are_two(args: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("mqtt: {hosst: broker}\n")
    (tmp_path / "torn.yaml").write_text("mqtt: {host\n")
    assert says in complaint(wallflower(*args.split(), home=tmp_path), 2)


def test_files_that_cannot_be_written_down_are_one(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Anna, this is no film.\n")
    mute = make_media(tmp_path / "mute.mp4", seconds=1, audio=None)
    said = complaint(wallflower("transcribe", "letter.txt", home=tmp_path), 1)
    assert "letter.txt is not media" in said
    assert "mute.mp4 has no sound" in complaint(wallflower("transcribe", mute, home=tmp_path), 1)


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    found = wallflower("transcribe", SCENE, "--model", "./none", home=tmp_path)
    assert "none" in complaint(found, 1)
    found = wallflower("transcribe", SCENE, "--model", "enormous", home=tmp_path)
    assert "tiny.en" in complaint(found, 2)


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        env = {"WALLFLOWER_SERVER__PORT": str(port), "WALLFLOWER_LOG__LEVEL": "error"}
        finished = wallflower("run", "--data", "kept", home=tmp_path, env=env)
    assert str(port) in complaint(finished, finished.returncode)
    assert finished.returncode in {1, 2}


def test_help_and_version(tmp_path: Path) -> None:
    help_, version = (wallflower(f"--{word}", home=tmp_path) for word in ("help", "version"))
    assert (help_.returncode, version.returncode) == (0, 0)
    assert all(f" {name} " in help_.stdout or f" {name}\n" in help_.stdout for name in COMMANDS)
    assert version.stdout == f"wallflower {__version__}\n"


def test_help_answers_at_once(tmp_path: Path) -> None:
    # It loads nothing that takes time; a clock would only measure how busy this machine is.
    program = (
        "import sys\n"
        "from wallflower.cli.arguments import run\n"
        "try: run(['--help'])\n"
        "finally: print({'numpy', 'asyncio', 'pydantic'} & set(sys.modules), file=sys.stderr)\n"
    )
    argv = [sys.executable, "-c", program]
    env = environment(tmp_path)
    finished = subprocess.run(argv, env=env, capture_output=True, text=True, check=True)
    assert finished.stderr == "set()\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, tmp_path: Path) -> None:
    finished = wallflower(name, "--help", home=tmp_path)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert f"usage: wallflower {name}" in finished.stdout
