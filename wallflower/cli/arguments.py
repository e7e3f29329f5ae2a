"""The command line: which commands there are and what they take.

Each command is imported only when it is asked for, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

from wallflower import __version__

COMMANDS: Final = {
    "run": "wallflower.cli.run",
    "demo": "wallflower.cli.demo.command",
    "doctor": "wallflower.cli.doctor.command",
    "discover": "wallflower.cli.discover.command",
    "transcribe": "wallflower.cli.transcribe.command",
    "bench": "wallflower.cli.bench.command",
    "export-encoder": "wallflower.cli.export_encoder",
    "checkpoint": "wallflower.cli.checkpoint",
}
"""The module of each command; its `command(options)` runs it and gives the exit code."""


def run(argv: Sequence[str]) -> int:
    """Run the command that `argv` asks for; its exit code.

    Exits with status 2 and one line on wrong arguments.
    """
    options = _parser().parse_args(argv)
    code: int = import_module(COMMANDS[options.command]).command(options)
    return code


class _OneLineParser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _OneLineParser(prog="wallflower", description="The listener for a house.")
    parser.add_argument("--version", action="version", version=f"wallflower {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    run = commands.add_parser("run", help="listen to the house until told to stop")
    _house(run)

    demo = commands.add_parser("demo", help="show a whole house at work, with a talking scene")
    demo.add_argument("urls", nargs="*", metavar="RTSP-URL", help="listen to these instead")
    demo.add_argument("--seconds", type=_positive, help="stop then; fail unless somebody spoke")
    demo.add_argument("--data", type=Path, help="keep what was heard here (default: forget it)")
    demo.add_argument("--port", type=_port, default=8757, help="port of the page (default: 8757)")
    demo.add_argument(
        "--mqtt-port", type=_port, default=1883, help="port of the broker (default: 1883)"
    )

    doctor = commands.add_parser("doctor", help="check everything the house needs")
    doctor.add_argument("--json", action="store_true", help="answer as JSON")
    _house(doctor)

    discover = commands.add_parser("discover", help="find Wallflowers and cameras on the network")
    discover.add_argument(
        "--seconds", type=_positive, default=3.0, help="how long to wait for answers (default: 3)"
    )
    discover.add_argument("--json", action="store_true", help="answer as JSON")

    transcribe = commands.add_parser("transcribe", help="write down a media file")
    transcribe.add_argument("media", type=Path, help="any file FFmpeg can read")
    transcribe.add_argument(
        "--engine",
        choices=("embedded", "whisperlive"),
        default="embedded",
        help="whisperlive: the servers in the settings (default: embedded)",
    )
    transcribe.add_argument("--model", help="model folder or name (default: as in the settings)")
    transcribe.add_argument(
        "--realtime", action="store_true", help="no faster than it was spoken, and as announced"
    )
    transcribe.add_argument(
        "--as-announced",
        action="store_true",
        help="each line at once, its speaker as a live stream would first say",
    )
    transcribe.add_argument("--format", choices=("json", "srt", "vtt", "rttm"), default="json")
    transcribe.add_argument(
        "--speakers-from", type=Path, metavar="DATA", help="know the voices kept in this folder"
    )
    transcribe.add_argument("--config", type=Path, help="settings file (YAML)")

    bench = commands.add_parser("bench", help="measure the real thing on this machine")
    bench.add_argument("what", choices=("latency", "talkers", "idle", "start", "whisperlive"))
    bench.add_argument("--streams", type=int, help="how many streams (default: as in the table)")
    bench.add_argument("--seconds", type=_positive, help="how long to measure")
    bench.add_argument("--media", type=Path, help="talk to play instead of the bundled scene")
    bench.add_argument("--json", action="store_true", help="answer as JSON")

    export = commands.add_parser("export-encoder", help="export the speaker encoder to ONNX")
    export.add_argument(
        "folder",
        type=Path,
        nargs="?",
        default=Path("encoder"),
        help="folder for the model and its manifest (default: ./encoder)",
    )

    checkpoint = commands.add_parser(
        "checkpoint", help="make the database file whole before a backup copies it"
    )
    _house(checkpoint)
    return parser


def _house(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, help="settings file (YAML)")
    parser.add_argument("--data", type=Path, help="folder of everything that is kept")


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
    if not (value > 0 and math.isfinite(value)):
        raise argparse.ArgumentTypeError("must be more than 0, and finite")
    return value


def _port(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (1 to 65535)")
    return int(text)
