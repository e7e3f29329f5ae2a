from __future__ import annotations

from pathlib import Path

import pytest

from wallflower.capture import check_ffmpeg, find_ffmpeg
from wallflower.domain.errors import MissingProgram


def program(folder: Path, name: str = "ffmpeg", says: str = "") -> Path:
    file = folder / name
    file.write_text(f"#!/bin/sh\necho '{says}'\n")
    file.chmod(0o755)
    return file


def test_the_configured_one_comes_first(tmp_path: Path) -> None:
    mine = program(tmp_path, "my-ffmpeg")
    assert find_ffmpeg(str(mine)) == str(mine)


def test_a_configured_one_that_is_missing_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(MissingProgram, match=r"capture\.ffmpeg"):
        find_ffmpeg(str(tmp_path / "ffmpeg"))


def test_the_path_comes_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = program(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_ffmpeg() == str(mine)
    assert find_ffmpeg("") == str(mine)


def test_imageio_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("imageio_ffmpeg")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "imageio_ffmpeg" in find_ffmpeg()


def test_none_at_all_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(__import__("sys").modules, "imageio_ffmpeg", None)
    with pytest.raises(MissingProgram, match="apt-get install ffmpeg"):
        find_ffmpeg()


async def test_a_real_one_tells_its_version(ffmpeg: str) -> None:
    assert (await check_ffmpeg(ffmpeg)).lstrip("n")[0].isdigit()


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (
            "ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright (c)",
            "4.4.2-0ubuntu0.22.04.1 is too old",
        ),
        ("ffmpeg version n4.2.2 Copyright (c)", "too old"),
        ("ffplay version 7.0", "is not FFmpeg"),
        ("", "is not FFmpeg"),
    ],
)
async def test_an_old_or_wrong_one_is_refused(tmp_path: Path, says: str, words: str) -> None:
    with pytest.raises(MissingProgram, match=words):
        await check_ffmpeg(str(program(tmp_path, says=says)))


async def test_a_build_without_a_number_is_trusted(tmp_path: Path) -> None:
    git = program(tmp_path, says="ffmpeg version N-118193-g5f38c82536 Copyright (c)")
    assert await check_ffmpeg(str(git)) == "N-118193-g5f38c82536"
