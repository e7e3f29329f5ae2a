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
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Final

import pytest
import pytest_asyncio

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

pytestmark = [
    pytest.mark.peer,
    pytest.mark.alone,
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="module"),
]

EDGE_S: Final = 0.3
"""What a sentence gets before and after it, as the segmenter cuts."""
KILLS: Final = 5
TALKERS: Final = 8
SENTENCES: Final = 2
"""So many says each talker."""
NOTICED_S: Final = 15.0
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

    @property
    def told(self) -> str | None:
        """What health says of WhisperLive; None when all is well."""
        return self.health.parts()["whisperlive"].detail

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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rig(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    """A recogniser as the house has it, its server started once for all tests: the one in which it
    is swamped comes last, since nothing is asked of it for a while after that.

    It is patient: only a server that failed may be the reason for the stand-in to write where one
    talks alone, and a busy machine is slow.
    """
    servers = WhisperLiveSettings(local=True, folder=environment(), patience_s=20.0)
    asr = AsrSettings(model="tiny.en", language="en", whisperlive=servers)
    health = Health()
    talk = await asyncio.to_thread(lambda: scene(find_ffmpeg()).pcm)
    folder = tmp_path_factory.mktemp("whisperlive")
    async with recogniser(asr, folder, clock=_clock, health=health) as recognising:
        await recognising.engine.start()
        yield Rig(recognising, health, talk)


def judge(said: list[Said], written: list[Transcript]) -> set[str]:
    """Fail unless every sentence was written; gives the kinds of engines that did."""
    for truth, transcript in zip(said, written, strict=True):
        assert wer([transcript.text], [truth]) < 0.5, (truth.text, transcript)
    assert wer([transcript.text for transcript in written], said) < WRONG
    return {f"{transcript.engine.partition(':')[0]}:" for transcript in written}


async def test_its_first_start_is_told_calmly(rig: Rig) -> None:
    assert "server is starting; " in await rig.until_told(HealthState.OK)
    await rig.until_ready()
    await until(lambda: not rig.told)


async def test_no_sentence_is_lost_when_the_server_is_killed_in_the_middle(rig: Rig) -> None:
    said, written = [], []
    before = rig.recognising.info().taken_over
    way = rig.recognising.engine.open("hall")
    sentences = cycle(TRUTH)
    for number in range(KILLS):
        await rig.until_ready()
        pid = server_pid(rig.server.name)
        said.append(next(sentences))
        sent_s = rig.server.sent_s
        writing = asyncio.create_task(words_of(rig.utterance(said[-1], 2 * number), way))
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
    assert rig.recognising.info().taken_over - before >= KILLS
    await until(lambda: not rig.told)
    assert judge(said, written) == {SERVER, EMBEDDED}


async def test_a_frozen_server_is_noticed_told_of_and_started_again(rig: Rig) -> None:
    await rig.until_ready()
    way = rig.recognising.engine.open("hall")
    pid = server_pid(rig.server.name)
    os.kill(pid, signal.SIGSTOP)
    began = _clock.monotonic()
    writing = asyncio.create_task(words_of(rig.utterance(TRUTH[0], 1), way))
    sentence = await rig.until_told(HealthState.DEGRADED)
    noticed_s = _clock.monotonic() - began
    print(f"noticed after {noticed_s:.1f} s: {sentence}")
    assert noticed_s <= NOTICED_S
    assert sentence.endswith("the embedded engine writes meanwhile.")
    assert rig.recognising.info().name.startswith(EMBEDDED)
    first = await writing
    second = await words_of(rig.utterance(TRUTH[1], 2), way)
    assert judge([*TRUTH[:2]], [first, second]) == {EMBEDDED}

    await gone(pid)
    await rig.until_ready()
    third = await words_of(rig.utterance(TRUTH[2], 3), way)
    assert judge([TRUTH[2]], [third]) == {SERVER}
    await until(lambda: not rig.told)
    assert server_pid(rig.server.name) != pid


async def test_more_talkers_than_the_server_carries_lose_nothing(rig: Rig) -> None:
    said: list[Said] = []
    written: list[Transcript] = []

    async def talk(stream: str, way: Recognition, first: int) -> None:
        """Say one sentence after the other, without even drawing breath."""
        for number, truth in enumerate(islice(cycle(TRUTH), first, first + SENTENCES)):
            transcript = await words_of(rig.utterance(truth, number, stream), way)
            said.append(truth)
            written.append(transcript)

    await rig.until_ready()
    ways = {f"room {n}": rig.recognising.engine.open(f"room {n}") for n in range(TALKERS)}
    async with asyncio.TaskGroup() as tasks:
        for number, (stream, way) in enumerate(ways.items()):
            tasks.create_task(talk(stream, way, number))
    assert rig.recognising.info().taken_over > 0
    assert rig.recognising.info().backlog_s == pytest.approx(0)
    assert not await rig.until_told(HealthState.OK)
    assert len(written) == TALKERS * SENTENCES
    # How much the server carries depends on the machine; that it did not get all does not.
    assert EMBEDDED in judge(said, written)
