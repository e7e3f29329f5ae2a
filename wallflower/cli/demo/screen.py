"""What the demo shows in the terminal."""

from __future__ import annotations

import datetime as dt
import shutil
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final, TextIO

RED, GREEN = 31, 32
COLOURS: Final = (36, 33, 35, 34, 96, 93)
"""ANSI foreground colours for voices, told apart on dark and light."""

HEAD: Final = 32
"""Columns before the text: time, stream, voice."""

TROUBLE: Final = ("retrying", "failed")


class Screen:
    """Prints lines as they come and counts what the summary needs."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._tty = out.isatty()
        self.lines = 0
        self.lines_with_speaker = 0
        self._voices: dict[str, int] = {}
        self._troubles: dict[str, str] = {}

    def title(self, port: int, broker: str, topic: str, cameras: Sequence[str]) -> None:
        self._print(self._paint("Wallflower is listening.", 1))
        self._print(f"  page      http://127.0.0.1:{port}")
        self._print(f"  MQTT      {broker}, topics {topic}/#")
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
        self._print(head + voice + self._wrapped(payload["text"]))

    def health(self, stream: str, payload: Mapping[str, Any]) -> None:
        """Show a health message (`wallflower/<stream>/health`) when it tells of trouble or its end.

        The same trouble again is not shown again.
        """
        if payload["state"] in TROUBLE:
            detail = payload["detail"] or "It does not send."
            if self._troubles.get(stream) != detail:
                self._troubles[stream] = detail
                then = " Trying again." if payload["state"] == "retrying" else ""
                self._notice(stream, detail + then, RED)
        elif payload["state"] == "streaming" and self._troubles.pop(stream, None) is not None:
            self._notice(stream, "It is heard now.", GREEN)

    def troubles(self) -> Mapping[str, str]:
        """What is wrong with streams right now: a sentence by stream."""
        return self._troubles

    def summary(self) -> None:
        voices = ", ".join(self._voices) or "nobody"
        count = f"{self.lines} line{'s' * (self.lines != 1)}"
        self._print(f"\n{count}, spoken by {voices}.")

    def _notice(self, stream: str, sentence: str, colour: int) -> None:
        now = dt.datetime.now().astimezone()
        head = f"{now:%H:%M:%S}  {stream:<10.10} "
        self._print(head + self._paint(f"{'!':<10} ", colour) + self._wrapped(sentence))

    def _wrapped(self, text: str) -> str:
        if not self._tty:
            return text  # one row per line, for grep and the like
        width = max(40, shutil.get_terminal_size().columns - HEAD)
        return f"\n{'':{HEAD}}".join(textwrap.wrap(text, width) or [""])

    def _paint(self, text: str, code: int) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._tty else text

    def _print(self, text: str) -> None:
        print(text, file=self._out, flush=True)
