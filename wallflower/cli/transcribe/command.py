"""`wallflower transcribe`: build the stages, run the file through, print its lines."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from pathlib import Path

from wallflower.audio import SegmenterSettings, SileroModel
from wallflower.capture import find_ffmpeg
from wallflower.cli.exits import DONE
from wallflower.cli.log import set_up_log
from wallflower.cli.place import data_folder
from wallflower.cli.transcribe.formats import as_json, as_srt, as_vtt, turns_as_rttm
from wallflower.cli.transcribe.voices import PassingVoices
from wallflower.domain.errors import BadInput, DatabaseDamaged
from wallflower.domain.speech import Line
from wallflower.domain.voices import Voice
from wallflower.engines import recogniser
from wallflower.pipeline import Recognised, recognise_file, without_noises
from wallflower.runtime.clock import SystemClock
from wallflower.runtime.health import Health
from wallflower.runtime.workers import Workers
from wallflower.settings import Settings, load_settings
from wallflower.speakers import Encoder, Speakers
from wallflower.speakers.hindsight.recording import look_again
from wallflower.store import Store, find_damage


def command(options: argparse.Namespace) -> int:
    settings = load_settings(options.config)
    set_up_log("warning")
    if not options.media.is_file():
        raise BadInput(f"There is no file {options.media}.")
    asked = {"engine": options.engine, **({"model": options.model} if options.model else {})}
    settings = settings.model_copy(update={"asr": settings.asr.model_copy(update=asked)})
    asyncio.run(_print(options, settings))
    return DONE


async def _print(options: argparse.Namespace, settings: Settings) -> None:
    if options.format == "vtt":
        print("WEBVTT\n")
    # Closed also when nobody reads our output any more: the stages end in order.
    async with aclosing(_recognised(options, settings)) as found:
        number = 0
        async for each in found:
            if options.format == "rttm":
                for row in turns_as_rttm(each.utterance, each.heard, options.media.stem):
                    print(row, flush=True)
                continue
            for line in each.lines():
                number += 1
                print(_row(line, options.format, number), flush=True)


def _row(line: Line, kind: str, number: int) -> str:
    match kind:
        case "srt":
            return as_srt(line, number)
        case "vtt":
            return as_vtt(line)
        case _:
            return as_json(line)


async def _recognised(
    options: argparse.Namespace, settings: Settings
) -> AsyncGenerator[Recognised, None]:
    """What is in the file: as first announced, or, once all is heard, with a second look."""
    async with AsyncExitStack() as stack:
        clock = SystemClock()
        data = data_folder(None, settings)
        recognising = recogniser(settings.asr, data, clock=clock, health=Health(), live=False)
        engine = (await stack.enter_async_context(recognising)).engine
        await engine.start()
        thread = Workers("speakers")
        stack.push_async_callback(asyncio.to_thread, thread.close)
        encoder = Encoder.load(settings.speakers.encoder, settings.speakers.device)
        known = await _known(options.speakers_from, encoder) if options.speakers_from else ()
        found = recognise_file(
            options.media,
            engine=engine,
            speakers=Speakers(encoder, PassingVoices(known), thread),
            vad=SileroModel.load(),
            segmenter=SegmenterSettings(),
            ffmpeg=find_ffmpeg(settings.capture.ffmpeg),
            clock=clock,
            realtime=options.realtime,
        )
        async with aclosing(found):
            if options.as_announced or options.realtime:
                async for each in found:
                    yield each
                return
            whole = [each async for each in found]
        announced = [each.heard for each in whole]
        again = await thread.run(look_again, announced, known, encoder.calibration)
        looked = [replace(each, heard=heard) for each, heard in zip(whole, again, strict=True)]
        for each in without_noises(looked):
            yield each


async def _known(data: Path, encoder: Encoder) -> tuple[Voice, ...]:
    database = data / "wallflower.db"
    if not database.is_file():
        raise BadInput(f"{data} holds no voices: it has no wallflower.db.")
    # Opening a damaged one would set it aside, which only its house may do.
    if (damage := await asyncio.to_thread(find_damage, database)) is not None:
        raise DatabaseDamaged(
            f"The voices in {database} cannot be read: it is damaged ({damage}); "
            "start the house on it once, which saves what it can."
        )
    store = await Store.open(database, clock=SystemClock())
    try:
        return tuple(await store.voices.all(encoder.name))
    finally:
        await store.close()
