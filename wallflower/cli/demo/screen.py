"""What the demo shows in the terminal."""

from __future__ import annotations

import datetime as dt
import shutil
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final, TextIO

COLOURS: Final = (36, 33, 35, 32, 34, 31)
"""ANSI foreground colours for voices, told apart on dark and light."""

INDENT: Final = 33


class Screen:
    """Prints lines as they come and counts what the summary needs."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._colour = out.isatty()
        self.lines = 0
        self.lines_with_speaker = 0
        self._voices: dict[str, int] = {}

    def title(self, port: int, broker: str, cameras: Sequence[str]) -> None:
        self._print(self._paint("Wallflower is listening.", 1))
        self._print(f"  page      http://127.0.0.1:{port}")
        self._print(f"  MQTT      {broker}, topics wallflower/#")
        self._print(f"  cameras   {', '.join(cameras)}")
        self._print("  Ctrl-C ends it.\n")

    def line(self, payload: Mapping[str, Any]) -> None:
        """Show one transcript message (`wallflower/<stream>/transcript`)."""
        self.lines += 1
        speaker = payload["speaker"]
        name = speaker["name"] if speaker else "?"
        if speaker:
            self.lines_with_speaker += 1
            self._voices.setdefault(name, len(self._voices))
        start = dt.datetime.fromisoformat(payload["start"]).astimezone()
        head = f"{start:%H:%M:%S}  {payload['stream']:<10.10} "
        voice = self._paint(f"{name:<10.10} ", COLOURS[self._voices.get(name, 0) % len(COLOURS)])
        width = max(40, shutil.get_terminal_size().columns - INDENT)
        text = textwrap.wrap(payload["text"], width) or [""]
        self._print(head + voice + f"\n{'':{INDENT - 2}}".join(text))

    def summary(self) -> None:
        voices = ", ".join(self._voices) or "nobody"
        self._print(f"\n{self.lines} lines, spoken by {voices}.")

    def _paint(self, text: str, code: int) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour else text

    def _print(self, text: str) -> None:
        print(text, file=self._out, flush=True)
