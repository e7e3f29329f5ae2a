"""One stream's stages on the bundled scene, played in real time by FFmpeg.

Where a recogniser has to break or to be late, it is one in memory (`ToldEngine`); the words
themselves come from the real one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from tests.support.engine import ToldEngine
from tests.support.events import Events, recorded
from tests.support.scene import TRUTH, cut, wer
from tests.support.voices import MemoryVoices
from wallflower.asr.contract import Engine
from wallflower.asr.embedded import EmbeddedEngine
from wallflower.audio import SegmenterSettings, SileroModel
from wallflower.domain.errors import StreamEnded
from wallflower.domain.events import PartialHeard, SpeakerHeard, SpeechChanged
from wallflower.domain.speech import Line, Transcript, Utterance
from wallflower.pipeline import Shared, StreamPipeline
from wallflower.pipeline import pipeline as module
from wallflower.pipeline.shared import Speakers as SpeakersStage
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import SystemClock
from wallflower.runtime.workers import Workers
from wallflower.speakers import Encoder, Speakers


@dataclass
class Rig:
    """A pipeline, and what came out of it."""

    events: Events
    pipeline: StreamPipeline = field(init=False)
    running: asyncio.Task[None] = field(init=False)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    lines: list[Line] = field(default_factory=list)
    so_far_heard: list[tuple[Utterance, Transcript]] = field(default_factory=list)
    sounds: int = 0
    dropped_s: list[float] = field(default_factory=list)

    async def put(self, lines: Sequence[Line]) -> None:
        self.lines += lines

    async def so_far(self, utterance: Utterance, transcript: Transcript) -> None:
        self.so_far_heard.append((utterance, transcript))

    def sounded(self) -> None:
        self.sounds += 1

    async def play(self, media: Path) -> None:
        """Let it hear all of `media`, as a camera that then goes away."""
        with pytest.raises(StreamEnded):
            await self.pipeline.listen_once(media.as_uri())


@asynccontextmanager
async def wired(
    engine: Engine,
    silero: SileroModel,
    ffmpeg: str,
    *,
    speakers: SpeakersStage | None = None,
    partials: bool = False,
    listened_to: bool = False,
    ready: bool = True,
) -> AsyncIterator[Rig]:
    bus = Bus()
    async with recorded(bus) as events:
        rig = Rig(events)
        shared = Shared(
            engine=engine,
            engine_ready=rig.ready,
            speakers=speakers,
            lines=rig,
            bus=bus,
            clock=SystemClock(),
            vad=silero,
            segmenter=SegmenterSettings(partial_every_s=0.5 if partials or listened_to else None),
            ffmpeg=ffmpeg,
            stall_s=10.0,
            partials=partials,
            listener=rig if listened_to else None,
        )
        rig.pipeline = StreamPipeline(
            "hall",
            shared,
            on_sound=rig.sounded,
            on_silent=lambda _silent: None,
            on_drop=rig.dropped_s.append,
        )
        if ready:
            rig.ready.set()
        rig.running = asyncio.create_task(rig.pipeline.run(), name="hall")
        try:
            yield rig
        finally:
            rig.running.cancel()
            await asyncio.wait((rig.running,))


@pytest.fixture(scope="session")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three people, one sentence each."""
    return cut(tmp_path_factory.mktemp("talk") / "talk.mkv", seconds=12.5)


async def test_people_talk(
    tmp_path: Path, silero: SileroModel, encoder: Encoder, ffmpeg: str, talk: Path
) -> None:
    async with AsyncExitStack() as stack:
        thread = Workers("speakers")
        stack.push_async_callback(asyncio.to_thread, thread.close)
        engine = EmbeddedEngine("tiny.en", data=tmp_path)
        await engine.start()
        stack.push_async_callback(engine.close)
        speakers = Speakers(encoder, MemoryVoices(), thread)
        rig = await stack.enter_async_context(
            wired(engine, silero, ffmpeg, speakers=speakers, partials=True)
        )
        await rig.play(talk)
        rig.pipeline.finish()
        async with asyncio.timeout(20):
            await rig.pipeline.finished.wait()

        assert rig.sounds == 1
        assert rig.dropped_s == []
        assert wer([line.text for line in rig.lines], TRUTH[:3]) <= 0.10

        # Who talks now is told when it changes, not with each line.
        heard = [event.speaker.name for event in rig.events.of(SpeakerHeard)]
        spoke = [line.speaker.name for line in rig.lines if line.speaker]
        changes = [name for name, _ in groupby(spoke)]
        assert heard == changes
        assert len(set(heard)) == 3

        # Text so far was shown, and taken back once there were lines.
        texts = [event.text for event in rig.events.of(PartialHeard)]
        assert any(texts)
        assert texts[-1] == ""
        assert all(text or shown for shown, text in pairwise(texts))

        speech = [event.on for event in rig.events.of(SpeechChanged)]
        assert speech == [True, False] * (len(speech) // 2)
        assert len(speech) >= 6


async def test_a_listener_hears_text_so_far_that_is_not_shown(
    tmp_path: Path, silero: SileroModel, ffmpeg: str
) -> None:
    def length(utterance: Utterance) -> str:
        return f"number {utterance.number} is {utterance.duration_s:.1f} s long"

    async with wired(ToldEngine(length), silero, ffmpeg, listened_to=True) as rig:
        await rig.play(cut(tmp_path / "sentence.mkv", seconds=4))
        rig.pipeline.finish()
        await rig.pipeline.finished.wait()
    assert len(rig.so_far_heard) >= 3
    assert all(said.text == length(snapshot) for snapshot, said in rig.so_far_heard)
    assert not any(snapshot.ended for snapshot, _ in rig.so_far_heard)
    assert rig.events.of(PartialHeard) == []


async def test_what_breaks_over_text_so_far_is_raised_and_costs_no_line(
    silero: SileroModel, ffmpeg: str, talk: Path
) -> None:
    """For the supervisor, who runs it again: without, text so far would stay away for good."""

    def text(utterance: Utterance) -> str:
        if not utterance.ended:
            raise ZeroDivisionError
        return "said"

    async with wired(ToldEngine(text), silero, ffmpeg, partials=True) as rig:
        await rig.play(talk)
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(rig.running, 20)
        assert [line.text for line in rig.lines] == ["said"]


async def test_what_is_lost_is_counted_and_the_rest_is_heard(
    silero: SileroModel, ffmpeg: str, talk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "UTTERANCES_WAITING", 2)
    engine = ToldEngine()
    async with wired(engine, silero, ffmpeg, ready=False) as rig:
        await rig.play(talk)
        # Speech waits for the engine; where the queue is full, the oldest goes.
        assert (rig.lines, engine.finals) == ([], [])
        late = len(rig.dropped_s)
        assert late >= 1
        assert all(lost_s > 0.5 for lost_s in rig.dropped_s)
        # Then an utterance breaks the engine, and once more when it is tried again.
        engine.breaks = 2
        rig.ready.set()
        rig.pipeline.finish()
        await rig.pipeline.finished.wait()
        broken, again, heard = engine.finals
        assert broken is again
        assert rig.dropped_s[late:] == [broken.duration_s]
        assert broken.number == late + 1
        assert [line.text for line in rig.lines] == [f"utterance {heard.number}"]
