"""Record sessions with a real server: `python -m tests.asr.whisperlive.record`. Tests replay them.

Each file of `recorded/` is one connection, one JSON object a line, in the order things happened:
`{"sent": opening message}`, `{"sound_s": seconds of sound sent}`, `{"got": the server's text}`,
`{"end": true}` (we said goodbye), `{"closed": true}`. The speech is flite's.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.asr.whisperlive.real import serving
from tests.asr.whisperlive.speech import say
from wallflower.asr.whisperlive.config import WhisperLiveConfig
from wallflower.asr.whisperlive.wire.protocol import Protocol
from wallflower.domain.speech import Pcm
from wallflower.domain.times import SAMPLE_RATE

FOLDER: Final = Path(__file__).with_name("recorded")
STORY: Final = (
    "Last night the wind blew very hard. We could hear the branches against the window, "
    "and nobody slept well. In the morning the garden was full of leaves. "
    "The neighbours came over and helped us to clean up."
)


async def record(
    name: str,
    url: str,
    sounds: Sequence[tuple[float, Pcm]],
    *,
    rest_s: float,
    **options: Any,
) -> None:
    """One connection: each of `sounds` after its delay in seconds, then `rest_s` of listening."""
    lines: list[dict[str, Any]] = []
    answered = asyncio.Event()
    protocol = Protocol(name, WhisperLiveConfig(urls=(url,), **options), language="en")
    async with connect(url, compression=None, max_size=None) as connection:

        async def listen() -> None:
            async for text in connection:
                lines.append({"got": text})
                protocol.receive(text)
                answered.set()
            lines.append({"closed": True})

        lines.append({"sent": protocol.hello()})
        await connection.send(protocol.hello())
        listening = asyncio.create_task(listen())
        await answered.wait()
        with contextlib.suppress(ConnectionClosed):
            for delay_s, pcm in sounds:
                await asyncio.sleep(delay_s)
                lines.append({"sound_s": round(len(pcm) / SAMPLE_RATE, 3)})
                for frame in protocol.frames(pcm):
                    await connection.send(frame)
            await asyncio.sleep(rest_s)
            if not listening.done():
                lines.append({"end": True})
                await connection.send(protocol.end())
        await asyncio.wait_for(listening, 10)
    file = FOLDER / f"{name}.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    print(f"{name}: {len(lines)} lines")


def silence(seconds: float) -> Pcm:
    return np.zeros(int(seconds * SAMPLE_RATE), np.int16)


def pieces(pcm: Pcm, seconds: float) -> list[tuple[float, Pcm]]:
    step = int(seconds * SAMPLE_RATE)
    return [(seconds, pcm[first : first + step]) for first in range(0, len(pcm), step)]


async def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    close = say("please close the window before it rains")
    no = np.concatenate([say("no"), silence(1.0)])
    later = np.concatenate([silence(1.0), no])
    with serving(max_clients=1) as url:
        await record("one", url, [(0, close)], rest_s=12)
        await record("twice", url, [(0, no), (12, later)], rest_s=12)
        await record("wordless", url, [(0, close)], rest_s=12, word_timestamps=False)
        await record("noise", url, [(0, silence(3))], rest_s=3)
        story = pieces(say(STORY), 0.5)
        await record("story", url, story, rest_s=20, same_output_threshold=10)
        await record("ended", url, [(0, close)], rest_s=4)
        async with connect(url) as other:
            hello = Protocol("other", WhisperLiveConfig(urls=(url,)), language="en").hello()
            await other.send(hello)
            await other.recv()
            await record("full", url, [], rest_s=2)
    with serving(max_connection_time=3) as url:
        await record("time_is_up", url, [(0, close), (6, close)], rest_s=2)


if __name__ == "__main__":
    asyncio.run(main())
