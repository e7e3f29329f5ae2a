"""The client against the real server (tiny.en), as issue 3 wants it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from pathlib import Path

import numpy as np
import pytest
from faster_whisper import WhisperModel
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.asr.whisperlive.conftest import StartEngine
from tests.asr.whisperlive.speech import plain, say, uttered
from tests.support.scene import TRUTH, cut, wer
from wallflower.asr.embedded.model import offline_model
from wallflower.asr.whisperlive import WhisperLiveConfig
from wallflower.asr.whisperlive.engine import Stream
from wallflower.asr.whisperlive.wire.protocol import Protocol, State
from wallflower.audio import Ended, Heard, Paused, Segmenter, SileroModel
from wallflower.capture import decode, find_ffmpeg
from wallflower.domain.engine import ServerState
from wallflower.domain.errors import EngineBusy
from wallflower.domain.speech import Transcript
from wallflower.domain.times import SAMPLE_RATE
from wallflower.runtime.clock import SystemClock

RAIN = "please close the window before it rains"
NO = "no"
PLACES = 4
"""Of the real server, as its fixture starts it."""
SLOW_S = 4.0

pytestmark = [pytest.mark.peer, pytest.mark.timeout(240)]


async def test_it_hears_short_and_long_and_the_same_twice(
    real_server: str, start_engine: StartEngine
) -> None:
    engine = await start_engine(real_server)
    stream = engine.open("hall")
    for text in (RAIN, NO, NO):
        transcript = await stream.final(uttered(say(text)))
        assert plain(transcript) == text
        times = [moment for word in transcript.words for moment in (word.start_s, word.end_s)]
        assert times == sorted(times)
        assert all(0.2 <= moment <= uttered(say(text)).speech_end_s for moment in times)
        assert transcript.engine == f"whisperlive:{engine.servers()[0].name}"
        assert transcript.language == "en"
    (quality,) = engine.servers()
    assert quality.state is ServerState.READY
    assert quality.lag_s is not None
    assert quality.lag_s > 0
    assert quality.round_trip_ms is not None
    assert quality.sent_s > 3.0
    assert (quality.dropped_s, quality.reconnects, quality.outstanding_s) == (0.0, 0, 0.0)


async def test_noise_has_no_words_and_is_no_reason_to_give_the_server_up(
    real_server: str, start_engine: StartEngine
) -> None:
    engine = await start_engine(real_server)
    noise = np.random.default_rng(1).normal(0, 600, 2 * SAMPLE_RATE).astype(np.int16)
    transcript = await engine.open("hall").final(uttered(noise))
    assert transcript.words == ()
    assert engine.servers()[0].state is ServerState.READY


async def test_more_talkers_than_places_take_turns(
    real_server: str, start_engine: StartEngine
) -> None:
    engine = await start_engine(real_server, patience_s=60.0)
    talkers = [engine.open(f"room {number}") for number in range(PLACES + 1)]
    texts = [RAIN, NO] * (PLACES // 2) + [RAIN]
    heard = await asyncio.gather(
        *(talker.final(uttered(say(text))) for talker, text in zip(talkers, texts, strict=True))
    )
    assert [plain(transcript) for transcript in heard] == texts
    (quality,) = engine.servers()
    assert quality.dropped_s == 0


async def test_one_talking_stream_loses_nothing_to_the_same_weights_offline(
    tmp_path: Path, real_server: str, start_engine: StartEngine
) -> None:
    engine = await start_engine(real_server, patience_s=60.0)
    media = await asyncio.to_thread(cut, tmp_path / "scene.mp4", seconds=TRUTH[5].start - 0.2)
    truth = TRUTH[:5]
    heard = await _live(media, engine.open("hall"))
    texts = [transcript.text for transcript in heard if transcript.words]
    offline = await asyncio.to_thread(_offline, media)
    print(f"WER: WhisperLive {wer(texts, truth):.1%}, offline {wer(offline, truth):.1%}")
    assert wer(texts, truth) <= wer(offline, truth) + 0.03
    spoken = sum(len(said.text.split()) for said in truth)
    written = sum(len(text.split()) for text in texts)
    assert written <= 1.05 * spoken, "each sentence comes once"


async def test_of_two_servers_the_slow_one_gets_less(
    real_server: str, start_engine: StartEngine
) -> None:
    async with _slow_line(real_server) as slow_server:
        engine = await start_engine(slow_server, real_server, patience_s=60.0)
        stream = engine.open("hall")
        heard = [plain(await stream.final(uttered(say(RAIN)))) for _ in range(4)]
    assert heard == [RAIN] * 4
    of_slow, of_fast = engine.servers()
    print(f"slow: {of_slow.sent_s:.1f} s, lag {of_slow.lag_s}; fast: {of_fast.sent_s:.1f} s")
    assert 0 < of_slow.sent_s < of_fast.sent_s


async def test_a_full_server_is_left_to_others(real_server: str, start_engine: StartEngine) -> None:
    async with _occupied(real_server, PLACES):
        engine = await start_engine(real_server)
        with pytest.raises(EngineBusy, match="taken"):
            await engine.open("hall").final(uttered(say(RAIN)))
        assert engine.servers()[0].state is ServerState.FULL


@contextlib.asynccontextmanager
async def _slow_line(url: str) -> AsyncIterator[str]:
    """The real server again, as if it were slow: its texts come `SLOW_S` late.

    A second real server would share our processors, and how slow it is would be theirs to say.
    """

    async def pass_on(client: ServerConnection) -> None:
        async def back() -> None:
            with contextlib.suppress(ConnectionClosed):
                async for text in server:
                    if '"segments"' in str(text):
                        await asyncio.sleep(SLOW_S)
                    await client.send(text)
                await client.close()

        async with connect(url, compression=None) as server:
            answering = asyncio.create_task(back())
            async for message in client:
                await server.send(message)
            await server.close()
            await answering

    async with serve(pass_on, "127.0.0.1", 0, compression=None) as line:
        yield f"ws://127.0.0.1:{next(iter(line.sockets)).getsockname()[1]}"


@contextlib.asynccontextmanager
async def _occupied(url: str, connections: int) -> AsyncIterator[None]:
    """Others hold so many places."""
    async with contextlib.AsyncExitStack() as stack:
        for number in range(connections):
            connection = await stack.enter_async_context(connect(url, compression=None))
            protocol = Protocol(f"other {number}", WhisperLiveConfig(urls=(url,)), language="en")
            await connection.send(protocol.hello())
            protocol.receive(await connection.recv())
            assert protocol.state is State.READY
        yield


async def _live(media: Path, stream: Stream) -> list[Transcript]:
    """`media` through the segmenter and the engine, as a stream's pipeline does it."""
    segmenter = Segmenter("hall", await asyncio.to_thread(SileroModel.load))
    clock, ffmpeg = SystemClock(), await asyncio.to_thread(find_ffmpeg, None)
    texts = []

    async def take(heard: Sequence[Heard]) -> None:
        for event in heard:
            match event:
                case Paused(utterance):
                    await stream.partial(utterance)
                case Ended(utterance):
                    texts.append(await stream.final(utterance))

    async with aclosing(decode(str(media), ffmpeg=ffmpeg, clock=clock)) as blocks:
        async for block in blocks:
            await take(segmenter.feed(block))
    await take(segmenter.flush())
    return texts


def _offline(media: Path) -> list[str]:
    model = WhisperModel(str(offline_model()), device="cpu", compute_type="int8", cpu_threads=1)
    segments, _ = model.transcribe(str(media), language="en", vad_filter=True)
    return [segment.text for segment in segments]
