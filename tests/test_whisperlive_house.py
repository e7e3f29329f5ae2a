"""What is written while the WhisperLive server dies, freezes, or has too much to do.

The server is the real one with tiny.en, run as `asr.whisperlive.local` runs it, the embedded engine
is real, and so is what is said: sentences of the bundled scene, whose text is known. Cameras and
store are left out; they do not know who writes.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Final

import pytest

from tests.support.child import gone
from tests.support.scene import TRUTH, Said, wer
from tests.support.whisperlive import START_S, environment, server_pid
from wallflower.asr.contract import Recognition
from wallflower.capture import find_ffmpeg
from wallflower.cli.bench.media import scene
from wallflower.domain.engine import ServerQuality, ServerState
from wallflower.domain.speech import Pcm, Transcript, Utterance
from wallflower.domain.times import SAMPLE_RATE
from wallflower.engines import Recogniser, recogniser
from wallflower.pipeline.recognise import words_of
from wallflower.runtime.clock import SystemClock
from wallflower.runtime.health import Health, HealthState
from wallflower.settings.schema import AsrSettings, WhisperLiveSettings

pytestmark = [pytest.mark.peer, pytest.mark.timeout(300)]

EDGE_S: Final = 0.3
"""What a sentence gets before and after it, as the segmenter cuts."""
KILLS: Final = 5
TALKERS: Final = 8
SENTENCES: Final = 4
"""So many says each talker."""
WRONG: Final = 0.15
"""More wrong words than this in all that was said, and something is missing."""
SERVER: Final = "whisperlive:"
EMBEDDED: Final = "embedded:"

_clock = SystemClock()


@dataclass
class Rig:
    recognising: Recogniser
    health: Health
    talk: Pcm

    def utterance(self, said: Said, number: int, stream: str = "hall") -> Utterance:
        """A sentence of the scene as a stream hears it."""
        first, last = (round(at * SAMPLE_RATE) for at in (said.start - EDGE_S, said.end + EDGE_S))
        pcm = self.talk[first:last]
        length_s = said.end - said.start
        return Utterance(stream, number, pcm, _clock.wall(), EDGE_S, EDGE_S + length_s)

    @property
    def server(self) -> ServerQuality:
        (quality,) = self.recognising.info().servers
        return quality

    async def until_ready(self) -> None:
        await until(lambda: self.server.state is ServerState.READY)

    async def until_sent_more_than(self, sent_s: float) -> None:
        """Wait until the server has what it had not been sent before."""
        await until(lambda: self.server.sent_s > sent_s)

    async def until_told(self, state: HealthState) -> str:
        """Wait until health says `state` of WhisperLive; its sentence, or nothing."""

        def told() -> bool:
            part = self.health.parts().get("whisperlive")
            return part is not None and part.state is state

        await until(told)
        return self.health.parts()["whisperlive"].detail or ""


async def until(true: Callable[[], bool]) -> None:
    """Wait until `true` says so. What it asks about tells nobody when it changes."""
    async with asyncio.timeout(START_S):
        while not true():
            await _clock.sleep(0.02)


@asynccontextmanager
async def rigged(folder: Path, *, patience_s: float = 20.0) -> AsyncIterator[Rig]:
    """A recogniser as the house has it, its server ready.

    It is patient where only a server that failed may be the reason for the stand-in to write: a
    busy machine is slow.
    """
    servers = WhisperLiveSettings(local=True, folder=environment(), patience_s=patience_s)
    asr = AsrSettings(model="tiny.en", language="en", whisperlive=servers)
    health = Health()
    talk = await asyncio.to_thread(lambda: scene(find_ffmpeg()).pcm)
    async with recogniser(asr, folder, clock=_clock, health=health) as recognising:
        await recognising.engine.start()
        rig = Rig(recognising, health, talk)
        await rig.until_ready()
        yield rig


def judge(said: list[Said], written: list[Transcript]) -> set[str]:
    """Fail unless every sentence was written; gives the kinds of engines that did."""
    for truth, transcript in zip(said, written, strict=True):
        assert wer([transcript.text], [truth]) < 0.5, (truth.text, transcript)
    assert wer([transcript.text for transcript in written], said) < WRONG
    return {f"{transcript.engine.partition(':')[0]}:" for transcript in written}


async def test_no_sentence_is_lost_when_the_server_is_killed_in_the_middle(tmp_path: Path) -> None:
    said, written = [], []
    async with rigged(tmp_path) as rig:
        way = rig.recognising.engine.open("hall")
        sentences = cycle(TRUTH)
        for number in range(KILLS):
            pid = server_pid()
            said.append(next(sentences))
            sent_s = rig.server.sent_s
            utterance = rig.utterance(said[-1], 2 * number)
            writing = asyncio.create_task(words_of(utterance, way))
            await rig.until_sent_more_than(sent_s)
            os.kill(pid, signal.SIGKILL)
            await gone(pid)
            # Nobody waits for the server to come back: the next one is said at once.
            said.append(next(sentences))
            written.append(await writing)
            written.append(await words_of(rig.utterance(said[-1], 2 * number + 1), way))
            await rig.until_ready()
        said.append(next(sentences))
        written.append(await words_of(rig.utterance(said[-1], 2 * KILLS), way))
        assert written[-1].engine.startswith(SERVER)
        assert rig.recognising.info().taken_over >= KILLS
        assert not await rig.until_told(HealthState.OK)
    assert judge(said, written) == {SERVER, EMBEDDED}


async def test_a_frozen_server_is_noticed_told_of_and_started_again(tmp_path: Path) -> None:
    async with rigged(tmp_path) as rig:
        way = rig.recognising.engine.open("hall")
        pid = server_pid()
        os.kill(pid, signal.SIGSTOP)
        began = _clock.monotonic()
        first = await words_of(rig.utterance(TRUTH[0], 1), way)
        sentence = await rig.until_told(HealthState.DEGRADED)
        assert _clock.monotonic() - began <= 15.0
        assert sentence.endswith("the embedded engine writes meanwhile.")
        assert rig.recognising.info().name.startswith(EMBEDDED)
        second = await words_of(rig.utterance(TRUTH[1], 2), way)
        assert judge([*TRUTH[:2]], [first, second]) == {EMBEDDED}

        await gone(pid)
        assert not await rig.until_told(HealthState.OK)
        third = await words_of(rig.utterance(TRUTH[2], 3), way)
        assert judge([TRUTH[2]], [third]) == {SERVER}
        assert server_pid() != pid


async def test_more_talkers_than_the_server_carries_lose_nothing(tmp_path: Path) -> None:
    said: list[Said] = []
    written: list[Transcript] = []

    async def talk(rig: Rig, stream: str, way: Recognition, first: int) -> None:
        """Say one sentence after the other, without even drawing breath."""
        for number, truth in enumerate(islice(cycle(TRUTH), first, first + SENTENCES)):
            transcript = await words_of(rig.utterance(truth, number, stream), way)
            said.append(truth)
            written.append(transcript)

    async with rigged(tmp_path, patience_s=3.0) as rig:
        ways = {f"room {n}": rig.recognising.engine.open(f"room {n}") for n in range(TALKERS)}
        async with asyncio.TaskGroup() as tasks:
            for number, (stream, way) in enumerate(ways.items()):
                tasks.create_task(talk(rig, stream, way, number))
        assert rig.recognising.info().taken_over > 0
        assert rig.recognising.info().backlog_s == pytest.approx(0)
        assert not await rig.until_told(HealthState.OK)
    assert len(written) == TALKERS * SENTENCES
    # How much the server carries depends on the machine; that it did not get all does not.
    assert EMBEDDED in judge(said, written)
